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
    /// Asynchronous clusters fold this many contributions at a time: one alone would pull the cluster to one house's habits.
    /// </summary>
    private const int ClusterGoal = 3;

    public static FederationSettings Hierarchical(
        DataFolder data, IReadOnlyList<DataParticipant> participants, DemoOptions options)
    {
        var clusters = data.Clusters;
        var rounds = data.Description.Training.Rounds;
        var asynchronous = options.Mode == FederationMode.Async;
        var goal = asynchronous ? clusters.Count : 0;
        return Common(data, options) with
        {
            Name = HierarchicalName,
            Clusters = clusters,
            Roster = [.. participants.Select(entry => new RosterEntry(entry.Name, entry.Cluster))],
            ClusterTier = new TierSettings { Goal = 0 },
            GlobalTier = new TierSettings { Goal = goal },
            Specialisation = data.Description.Training.ClusterShare,
            TargetVersions = asynchronous ? participants.Count * rounds / (ClusterGoal * goal) : rounds,
        };
    }

    public static FederationSettings Flat(
        DataFolder data, IReadOnlyList<DataParticipant> participants, DemoOptions options)
    {
        var rounds = data.Description.Training.Rounds;
        var asynchronous = options.Mode == FederationMode.Async;
        var goal = asynchronous ? ClusterGoal * data.Clusters.Count : 0;
        return Common(data, options) with
        {
            Name = FlatName,
            Clusters = [FlatCluster],
            Roster = [.. participants.Select(entry => new RosterEntry(entry.Name, FlatCluster))],
            ClusterTier = new TierSettings { Goal = goal },
            GlobalTier = new TierSettings { Goal = 1 },
            TargetVersions = asynchronous ? participants.Count * rounds / goal : rounds,
        };
    }

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
            // Asynchrony already acts as momentum (Mitliagkas 2016): more of it makes stale steps oscillate.
            Optimizer = recommended.ServerMomentum > 0 && options.Mode == FederationMode.Sync
                ? new OptimizerSettings { Kind = "momentum", Beta1 = recommended.ServerMomentum }
                : new OptimizerSettings(),
            Seed = options.Seed,
            Training = new TrainingPolicy
            {
                Epochs = recommended.LocalEpochs,
                BatchSize = recommended.BatchSize,
                LearningRate = recommended.LearningRate,
                Momentum = recommended.Momentum,
            },
        };
    }
}
