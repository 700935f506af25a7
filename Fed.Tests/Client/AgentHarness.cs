using System.Collections.Concurrent;
using Fed.Client;
using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Training;

namespace Fed.Tests.Client;

/// <summary>An agent with a folder of its own, whose events can be waited for.</summary>
internal sealed class AgentHarness : IDisposable
{
    private readonly ConcurrentQueue<AgentEvent> _events = new();
    private readonly SemaphoreSlim _arrived = new(0);

    private readonly TimeProvider _time;

    /// <param name="time">The agent's clock; null: the real one.</param>
    public AgentHarness(string participant, string cluster, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        Participant = participant;
        Cluster = cluster;
        Folder = Directory.CreateTempSubdirectory("fed-client-agent-").FullName;
        Data = Path.Combine(Folder, "data");
        TestData.Write(Data, participant[0]);
    }

    /// <summary>Called for each event before the agent goes on.</summary>
    public Action<AgentEvent>? OnEvent { get; init; }

    public TrainerKind Trainer { get; init; }

    public bool SharesLabels { get; init; }

    public bool SharesFeatures { get; init; }

    public string Participant { get; }

    public string Cluster { get; }

    public string Folder { get; }

    public string Data { get; }

    public string State => Path.Combine(Folder, "state");

    public IReadOnlyCollection<AgentEvent> Events => _events;

    public Task RunAsync(
        Uri server, Action<ReadOnlyMemory<byte>>? onSend = null, CancellationToken cancellationToken = default) =>
        RunAsync(server, OrleansGateways.None, onSend, cancellationToken);

    /// <summary>As an Orleans client.</summary>
    public Task RunAsync(OrleansGateways gateways, Action<ReadOnlyMemory<byte>>? onSend = null) =>
        RunAsync(null, gateways, onSend, CancellationToken.None);

    private Task RunAsync(
        Uri? server, OrleansGateways gateways, Action<ReadOnlyMemory<byte>>? onSend, CancellationToken cancellationToken)
    {
        var options = new ParticipantOptions(
            server, Participant, [new Membership(ClientSilo.Federation, Cluster)], Data, State)
        {
            Gateways = gateways,
            Trainer = Trainer,
            SharesLabels = SharesLabels,
            SharesFeatures = SharesFeatures,
            Timeouts = new ClientTimeouts { Poll = TimeSpan.FromSeconds(1) },
        };
        var agent = new FederationParticipant(options, _time, new Random(1)) { OnEvent = Hear, OnSend = onSend };
        return Task.Run(() => agent.RunAsync(cancellationToken), cancellationToken);
    }

    /// <summary>Returns once the agent has told so many events of a kind.</summary>
    public async Task WaitForAsync(AgentEventKind kind, int count = 1)
    {
        while (_events.Count(line => line.Event == kind) < count)
            await _arrived.WaitAsync();
    }

    public void Dispose()
    {
        _arrived.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private void Hear(AgentEvent line)
    {
        _events.Enqueue(line);
        _arrived.Release();
        OnEvent?.Invoke(line);
    }
}
