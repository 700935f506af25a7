using Fed.Client;
using Fed.Client.Agent;
using Fed.Contracts.Federations;
using Fed.Core.Robust;
using Fed.MediaQc.Folders;

namespace Fed.Cli.Demo;

/// <summary>Who takes part, in which two federations, and how much everybody trains.</summary>
/// <param name="Hierarchical">One cluster a codec or language, under a global tier.</param>
/// <param name="Flat">The same participants in one cluster.</param>
/// <param name="Passes">Over a participant's data, in each of the four ways of training.</param>
/// <param name="Slow">Seconds that the last participant lets pass before it sends.</param>
internal sealed record DemoPlan(
    DataFolder Data,
    IReadOnlyList<DataParticipant> Participants,
    FederationSettings Hierarchical,
    FederationSettings Flat,
    int Passes,
    double Slow)
{
    /// <summary>Contributions that each federation folds.</summary>
    public int Contributions => Participants.Count * Passes / Hierarchical.Training.Epochs;

    public IReadOnlyList<DataParticipant> Of(string cluster) =>
        [.. Participants.Where(participant => participant.Cluster == cluster)];

    /// <summary>Seconds that a participant lets pass before it sends: the last one may be made a slow house.</summary>
    public double LagOf(DataParticipant participant) => participant == Participants[^1] ? Slow : 0;

    public static DemoPlan Make(DataFolder data, DemoOptions options)
    {
        var participants = Choose(data, options.Participants);
        var recommended = data.Description.Training;
        return new DemoPlan(
            data,
            participants,
            DemoFederations.Hierarchical(data, participants, options),
            DemoFederations.Flat(data, participants, options),
            recommended.Rounds * recommended.LocalEpochs,
            options.Slow);
    }

    private static IReadOnlyList<DataParticipant> Choose(DataFolder data, int? wanted)
    {
        var fewest = Fewest(data);
        var count = wanted ?? Math.Max(fewest, Math.Min(DemoOptions.UsualMost, data.Participants.Count));
        return count >= fewest && count <= data.Participants.Count
            ? [.. data.Participants.Take(count)]
            : throw new AgentException(
                ExitCode.Usage,
                $"--participants is {count}; task '{data.Task.Name}' allows {fewest} to {data.Participants.Count}");
    }

    /// <summary>As many as there must be.</summary>
    public static int Fewest(DataFolder data) => Math.Max(DemoOptions.Fewest, Covering(data));

    /// <summary>The fewest participants, in the order of the task, that leave no cluster empty.</summary>
    private static int Covering(DataFolder data)
    {
        var missing = data.Clusters.ToHashSet(StringComparer.Ordinal);
        for (var count = 0; count < data.Participants.Count; count++)
        {
            missing.Remove(data.Participants[count].Cluster);
            if (missing.Count == 0)
                return count + 1;
        }

        throw new AgentException(
            ExitCode.DataFolder, $"task '{data.Task.Name}' has no participant in cluster {string.Join(", ", missing)}");
    }
}

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

    /// <summary>The same for a whole cluster, without which the model would forget it.</summary>
    private const double GlobalPatienceSeconds = 3;

    /// <summary>
    /// A stale contribution points from where the model was. With momentum beta, steps of a delay of one version stay
    /// stable while beta + gain s(1) is below 1, and local training that nearly converges has a gain near 1: s(1) =
    /// 0.35 it is.
    /// </summary>
    public const string UsualStaleness = "polynomial:1.5";

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
            Roster = Roster(participants, options.Rule, entry => entry.Cluster),
            ClusterTier = Tier(
                clusters.Min(key => participants.Count(entry => entry.Cluster == key)),
                options.Mode,
                PatienceSeconds,
                options.Rule),
            GlobalTier = Tier(clusters.Count, options.Mode, GlobalPatienceSeconds, options.GlobalRule),
            Specialisation = data.Description.Training.ClusterShare,
        };
    }

    public static FederationSettings Flat(
        DataFolder data, IReadOnlyList<DataParticipant> participants, DemoOptions options) =>
        Common(data, options) with
        {
            Name = FlatName,
            Clusters = [FlatCluster],
            Roster = Roster(participants, options.Rule, _ => FlatCluster),
            ClusterTier = Tier(participants.Count, options.Mode, PatienceSeconds, options.Rule),
            GlobalTier = new TierSettings { Goal = 1 },
        };

    /// <summary>
    /// Where a rule compares with a trusted update, the first participant of each cluster is trusted.
    /// </summary>
    private static RosterEntry[] Roster(
        IReadOnlyList<DataParticipant> participants, string rule, Func<DataParticipant, string> clusterOf)
    {
        var trusting = RobustRules.Parse(rule) is { NeedsReference: true };
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return
        [
            .. participants.Select(entry => new RosterEntry(
                entry.Name, clusterOf(entry), Trusted: seen.Add(clusterOf(entry)) && trusting)),
        ];
    }

    /// <summary>Nobody waits for the last of the cohort, unless the rule cannot do without it.</summary>
    private static TierSettings Tier(int cohort, FederationMode mode, double patience, string rule)
    {
        if (mode == FederationMode.Sync)
            return new TierSettings { Rule = rule };
        var robust = RobustRules.Parse(rule);
        var needed = robust is null ? 1 : robust.Least + (robust.NeedsReference ? 1 : 0);
        return new TierSettings
        {
            Quorum = Math.Max(Math.Min(needed, cohort), cohort - 1),
            DeadlineSeconds = patience,
            Rule = rule,
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
            Classes = data.Task.Classes,
            Features = data.Task.Features,
            Model = data.ModelJson,
            Mode = options.Mode,
            Codec = options.Codec,
            Optimizer = options.Optimizer ?? (recommended.ServerMomentum > 0
                ? new OptimizerSettings { Kind = "momentum", Beta1 = recommended.ServerMomentum }
                : new OptimizerSettings()),
            HoldSeconds = GlobalPatienceSeconds,
            Arithmetic = new ArithmeticSettings
            {
                Normalisation = Normalisations.Cohort,
                Staleness = options.Staleness,
            },
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
