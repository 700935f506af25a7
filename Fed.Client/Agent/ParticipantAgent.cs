using Fed.Client.Protocol;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
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

/// <summary>
/// A participant's agent: it trains where the data are and sends what it learned, never a sample. It goes on where it
/// was, whether the server, the network or the agent itself went away in between.
/// </summary>
public sealed class ParticipantAgent(AgentOptions options, AgentLog log, TimeProvider time, Random random)
{
    /// <summary>Sees every byte that leaves, for audits and tests.</summary>
    public Action<ReadOnlyMemory<byte>>? OnSend { get; init; }

    public ClientTimeouts Timeouts { get; init; } = new();

    /// <summary>Returns when every federation has finished.</summary>
    /// <exception cref="AgentException">Data or state are missing, damaged, or do not fit.</exception>
    /// <exception cref="ProtocolException">The server has refused something for good.</exception>
    /// <exception cref="Training.Torch.TorchUnavailableException">The torch trainer cannot be had.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Trainers.Require(options.Trainer);
        using var state = StateFolder.Open(options.StateDirectory);
        var data = OpenData(options.DataDirectory);
        using var client = new FederationClient(options.Server, time, Timeouts, OnSend);
        foreach (var membership in options.Memberships)
        {
            var session = new FederationSession(
                client,
                state,
                data,
                new RetryPolicy(time, random),
                time,
                new SessionLog(log, time, options.Participant, membership),
                options);
            await session.RunAsync(cancellationToken);
        }
    }

    private static ParticipantFolder OpenData(string directory)
    {
        try
        {
            var data = ParticipantFolder.Open(directory);
            return data.Validation.Count > 0
                ? data
                : throw new DataFileException(directory, "validation.fqc holds no sample, so nothing can be evaluated");
        }
        catch (DataFileException error)
        {
            throw new AgentException(ExitCode.DataFolder, error.Message, error);
        }
    }
}

/// <summary>Something on this side that a person has to mend; the message says what and how.</summary>
/// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
public sealed class AgentException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;
}
