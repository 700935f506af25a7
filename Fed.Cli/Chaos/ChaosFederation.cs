using Fed.Contracts.Federations;
using Fed.MediaQc.Folders;

namespace Fed.Cli.Chaos;

/// <summary>
/// The federation that is tormented: two clusters of two houses each, with all that keeps state (momentum, models of
/// the clusters' own), small enough that a dozen rounds take seconds.
/// </summary>
internal sealed record ChaosFederation(FederationSettings Settings, IReadOnlyList<DataParticipant> Participants)
{
    private const string Name = "chaos";
    public const int Clusters = 2;

    /// <summary>In each cluster.</summary>
    public const int Houses = 2;

    /// <summary>In asynchronous mode a buffer waits so long for the last of its cohort, and a cluster for its
    /// global version: shorter than a restart, so that versions go on without who was killed.</summary>
    private const double PatienceSeconds = 0.5;

    public static ChaosFederation Make(DataFolder data, FederationMode mode, int seed, int rounds)
    {
        var clusters = data.Clusters.Take(Clusters).ToArray();
        DataParticipant[] participants =
            [.. clusters.SelectMany(key => data.Participants.Where(house => house.Cluster == key).Take(Houses))];
        var tier = mode == FederationMode.Sync
            ? new TierSettings()
            : new TierSettings { Quorum = 1, DeadlineSeconds = PatienceSeconds };
        var training = data.Description.Training;
        return new ChaosFederation(
            new FederationSettings
            {
                Name = Name,
                Task = data.Task.Name,
                Classes = data.Task.Classes,
                Features = data.Task.Features,
                Model = data.ModelJson,
                Clusters = clusters,
                Roster = [.. participants.Select(house => new RosterEntry(house.Name, house.Cluster))],
                Mode = mode,
                ClusterTier = tier,
                GlobalTier = tier,
                Optimizer = new OptimizerSettings { Kind = "momentum" },
                Specialisation = 0.25,
                HoldSeconds = mode == FederationMode.Sync ? 0 : PatienceSeconds,
                TargetVersions = rounds,
                EvaluateEvery = 0,
                Seed = seed,
                Training = new TrainingPolicy
                {
                    Epochs = 1,
                    BatchSize = training.BatchSize,
                    LearningRate = training.LearningRate,
                },
            },
            participants);
    }
}
