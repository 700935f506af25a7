using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Contracts.Participants;
using Fed.Contracts.Wire;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.Training;

namespace Fed.Client;

/// <summary>One federation that a participant takes part in, and its cluster there.</summary>
public sealed record Membership(string Federation, string Cluster);

/// <summary>What a participant is started with.</summary>
/// <param name="Server">Address of the silo, for HTTP; null: <see cref="Gateways"/> names silos for an Orleans
/// client.</param>
/// <param name="Memberships">Served one after the other, each until it finishes.</param>
/// <param name="DataDirectory">The participant's own data: train.fqc and validation.fqc.</param>
/// <param name="StateDirectory">Key, ledger and cached models.</param>
public sealed record ParticipantOptions(
    Uri? Server,
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

    /// <summary>
    /// Whether reports say how many training examples there are of each class, for the federation's metrics.
    /// </summary>
    public bool SharesLabels { get; init; }

    /// <summary>Whether reports have a <see cref="FeatureSummary"/> of the training examples, likewise.</summary>
    public bool SharesFeatures { get; init; }

    /// <summary>More gateways of the same cluster of silos: each takes over where the one before fails.</summary>
    public IReadOnlyList<Uri> OtherServers { get; init; } = [];

    /// <summary>
    /// Where silos listen for Orleans clients (docs/operations.md), inside the trust boundary; empty: over HTTP.
    /// </summary>
    public OrleansGateways Gateways { get; init; } = OrleansGateways.None;

    /// <summary>The certificate that it shows to the gateways; null: they listen without TLS.</summary>
    public MutualTls? Tls { get; init; }

    public ClientTimeouts Timeouts { get; init; } = new();
}

/// <summary>
/// The way into this library: a participant of federations. It trains where the data are and sends what it learned,
/// never a sample. It goes on where it was, whether the server, the network or itself went away in between.
/// </summary>
/// <param name="options">Who it is, where its data are, and what it takes part in.</param>
/// <param name="time">Null: the system's.</param>
/// <param name="random">Spreads retries, nothing else; null: shared.</param>
public sealed class FederationParticipant(ParticipantOptions options, TimeProvider? time = null, Random? random = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Hears of all that it does, on any thread; <see cref="AgentLog"/> makes lines of it.</summary>
    public Action<AgentEvent> OnEvent { get; init; } = _ => { };

    /// <summary>
    /// Sees every byte that leaves, for audits and tests; as an Orleans client every byte of updates and reports.
    /// </summary>
    public Action<ReadOnlyMemory<byte>>? OnSend { get; init; }

    /// <summary>Returns when every federation has finished.</summary>
    /// <exception cref="AgentException">Data or state are missing, damaged, or do not fit.</exception>
    /// <exception cref="ProtocolException">The server has refused something for good.</exception>
    /// <exception cref="Training.Torch.TorchUnavailableException">The torch trainer cannot be had.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        RequireOneServer();
        Trainers.Require(options.Trainer);
        using var state = StateFolder.Open(options.StateDirectory);
        var data = OpenData(options.DataDirectory);
        using var client = Connect(state);
        foreach (var membership in options.Memberships)
        {
            var session = new FederationSession(
                client,
                state,
                data,
                new RetryPolicy(_time, random ?? Random.Shared),
                _time,
                new SessionLog(OnEvent, _time, options.Participant, membership),
                options);
            await session.RunAsync(cancellationToken);
        }
    }

    private IFederationServer Connect(StateFolder state) => options.Server is { } server
        ? new FederationClient(server, _time, options.Timeouts, options.OtherServers, OnSend)
        : new OrleansFederationClient(
            options.Gateways, options.Participant, state.Key, _time, options.Timeouts, OnSend, options.Tls);

    private void RequireOneServer()
    {
        if (options.Server is null == options.Gateways.IsEmpty)
        {
            throw new ArgumentException(
                options.Server is null
                    ? "neither a server nor gateways are given; give one of them"
                    : $"both server {options.Server} and gateways {options.Gateways} are given; give one of them");
        }

        if (options.Server is null && options.OtherServers.Count > 0)
        {
            throw new ArgumentException(
                $"both other servers {string.Join(", ", options.OtherServers)} and gateways {options.Gateways} are "
                + "given; name more gateways, or a server");
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
