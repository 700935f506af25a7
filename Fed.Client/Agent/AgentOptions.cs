using Fed.Training;

namespace Fed.Client.Agent;

/// <summary>One federation that an agent takes part in.</summary>
public sealed record Membership(string Federation, string Cluster);

/// <summary>What an agent is started with.</summary>
/// <param name="Server">Address of the silo.</param>
/// <param name="Memberships">Served one after the other, each until it finishes.</param>
/// <param name="DataDirectory">The participant's own data: train.fqc and validation.fqc.</param>
/// <param name="StateDirectory">Key, ledger and cached models.</param>
public sealed record AgentOptions(
    Uri Server,
    string Participant,
    IReadOnlyList<Membership> Memberships,
    string DataDirectory,
    string StateDirectory)
{
    /// <summary>
    /// Time between training and sending, 0 to one day: a slow house, to see what becomes of its updates.
    /// </summary>
    public TimeSpan Lag { get; init; }

    public TrainerKind Trainer { get; init; }
}
