using Fed.Client;
using Fed.Client.Agent;
using Fed.Contracts.Federations;
using Fed.MediaQc.Folders;

namespace Fed.Cli.Demo;

/// <summary>Who takes part, in which two federations, and how much everybody trains.</summary>
/// <param name="Hierarchical">One cluster a codec, under a global tier.</param>
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
        var fewest = Math.Max(DemoOptions.Fewest, Covering(data));
        var count = wanted ?? Math.Max(fewest, Math.Min(DemoOptions.UsualMost, data.Participants.Count));
        return count >= fewest && count <= data.Participants.Count
            ? [.. data.Participants.Take(count)]
            : throw new AgentException(
                ExitCode.Usage,
                $"--participants is {count}; task '{data.Task.Name}' allows {fewest} to {data.Participants.Count}");
    }

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
