using Fed.Client.Protocol;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.Training;

namespace Fed.Client.Agent;

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
