using System.Text.Json;
using Fed.Client.Agent;
using Fed.Client.Children;
using Fed.Core.FailPoints;
using Fed.MediaQc.Folders;

namespace Fed.Cli.Chaos;

/// <summary>The processes of one run: a silo and its participants' agents, on loopback.</summary>
internal sealed class ChaosCast : IAsyncDisposable
{
    private readonly LaunchThread _launcher = new();
    private readonly ChaosFederation _federation;
    private readonly ChaosStorage _storage;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private int _port;

    public ChaosCast(ChaosFederation federation, ChaosStorage storage, string folder, TimeProvider time)
    {
        _federation = federation;
        _storage = storage;
        _folder = folder;
        _time = time;
        Silo = new Victim("silo", StartSiloAsync);
        Agents =
        [
            .. federation.Participants.Select(house => new Victim(house.Name, point => StartAgentAsync(house, point))),
        ];
    }

    public Victim Silo { get; }

    public IReadOnlyList<Victim> Agents { get; }

    public Uri Address => new($"http://127.0.0.1:{_port}");

    public ReceiptBook Receipts { get; } = new();

    /// <summary>Starts the silo and waits until it serves.</summary>
    /// <exception cref="AgentException">It does not.</exception>
    public async Task StartSiloAsync(CancellationToken cancellationToken)
    {
        await Silo.StartAsync();
        var (process, _, ready) = Silo.Life;
        await Task.WhenAny(ready, process.Ended).WaitAsync(cancellationToken);
        if (!ready.IsCompleted)
            throw SiloLaunch.Failed(process, await process.Ended, "the silo did not start");
        _port = (await (Task<Uri>)ready).Port;
    }

    public string StateOf(string participant) => Path.Combine(_folder, "participants", participant);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Agents.Append(Silo).Select(victim => victim.StopAsync()));
        _launcher.Dispose();
    }

    private async Task<Life> StartSiloAsync(string? failPoint)
    {
        var recovery = new Recovery(_time);
        var (process, ready) = await SiloLaunch.StartAsync(
            _launcher, _port, Path.Combine(_folder, "silo"), failPoint, _storage == ChaosStorage.File);
        return new Life(process, recovery, ready);
    }

    private Task<Life> StartAgentAsync(DataParticipant house, string? failPoint)
    {
        var recovery = new Recovery(_time);
        var start = Programs.Participant(
        [
            "--json", "--stop-with-stdin",
            "--server", Address.ToString(),
            "--participant", house.Name,
            "--data", house.Directory,
            "--state", StateOf(house.Name),
            "--federation", _federation.Settings.Name, "--cluster", house.Cluster,
        ]);
        start.Environment[FailPoint.Variable] = failPoint;
        return Task.FromResult(new Life(
            ChildProcess.Start(start, line => Read(line, recovery)), recovery, Task.CompletedTask));
    }

    private void Read(string line, Recovery recovery)
    {
        var parsed = JsonSerializer.Deserialize<AgentEvent>(line, AgentLog.Json);
        if (parsed is not { Event: AgentEventKind.Accepted })
            return;
        Receipts.Add(parsed);
        recovery.Accepted();
        // A receipt of the silo's life before this one may be read only now; before it serves, it gives none.
        if (Silo.Life is { Ready.IsCompletedSuccessfully: true } silo)
            silo.Recovery.Accepted();
    }
}
