using Fed.Contracts.Federations;
using Fed.MediaQc.Folders;

namespace Fed.Client.Demo;

/// <summary>
/// The settings of the two federations. They train alike and fold the same number of contributions, participants
/// times rounds; only the tree differs.
/// </summary>
internal static class DemoFederations
{
    public const string HierarchicalName = "codecs";
    public const string FlatName = "flat";
    public const string FlatCluster = "all";

    /// <summary>
    /// Asynchronous: a buffer closes when the whole cohort is in it, or all but one when that one takes longer than
    /// this. On data that are not IID, smaller cohorts pull the model from one house's habits to another's.
    /// </summary>
    private const double PatienceSeconds = 0.25;

    /// <summary>The same for a whole cluster, without which the model would forget a codec.</summary>
    private const double GlobalPatienceSeconds = 3;

    /// <summary>
    /// A stale contribution points from where the model was. With momentum beta, steps of a delay of one version stay
    /// stable while beta + gain s(1) is below 1, and local training that nearly converges has a gain near 1: s(1) =
    /// 0.35 it is.
    /// </summary>
    private const string Staleness = "polynomial:1.5";

    /// <summary>Cluster versions from one point of the plots to the next.</summary>
    private const int EvaluateEvery = 4;

    public static FederationSettings Hierarchical(
        DataFolder data, IReadOnlyList<DataParticipant> participants, DemoOptions options)
    {
        var clusters = data.Clusters;
        return Common(data, options) with
        {
            Name = HierarchicalName,
            Clusters = clusters,
            Roster = [.. participants.Select(entry => new RosterEntry(entry.Name, entry.Cluster))],
            ClusterTier = Tier(
                clusters.Min(key => participants.Count(entry => entry.Cluster == key)), options.Mode, PatienceSeconds),
            GlobalTier = Tier(clusters.Count, options.Mode, GlobalPatienceSeconds),
            Specialisation = data.Description.Training.ClusterShare,
        };
    }

    public static FederationSettings Flat(
        DataFolder data, IReadOnlyList<DataParticipant> participants, DemoOptions options) =>
        Common(data, options) with
        {
            Name = FlatName,
            Clusters = [FlatCluster],
            Roster = [.. participants.Select(entry => new RosterEntry(entry.Name, FlatCluster))],
            ClusterTier = Tier(participants.Count, options.Mode, PatienceSeconds),
            GlobalTier = new TierSettings { Goal = 1 },
        };

    private static TierSettings Tier(int cohort, FederationMode mode, double patience) => mode == FederationMode.Sync
        ? new TierSettings()
        : new TierSettings { Quorum = Math.Max(1, cohort - 1), DeadlineSeconds = patience };

    private static FederationSettings Common(DataFolder data, DemoOptions options)
    {
        var recommended = data.Description.Training;
        return new FederationSettings
        {
            Name = "",
            Clusters = [],
            Roster = [],
            Task = data.Task.Name,
            Model = data.ModelJson,
            Mode = options.Mode,
            Codec = options.Codec,
            Optimizer = recommended.ServerMomentum > 0
                ? new OptimizerSettings { Kind = "momentum", Beta1 = recommended.ServerMomentum }
                : new OptimizerSettings(),
            HoldSeconds = GlobalPatienceSeconds,
            Arithmetic = new ArithmeticSettings { Normalisation = Normalisations.Cohort, Staleness = Staleness },
            TargetVersions = recommended.Rounds,
            EvaluateEvery = EvaluateEvery,
            Seed = options.Seed,
            Training = new TrainingPolicy
            {
                Epochs = recommended.LocalEpochs,
                BatchSize = recommended.BatchSize,
                LearningRate = recommended.LearningRate,
                Momentum = recommended.Momentum,
                LearningRateDecay = recommended.LearningRateDecay,
            },
        };
    }
}
