using System.Text.Json;
using Fed.Cli.Children;
using Fed.Client;
using Fed.Client.Agent;
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

/// <summary>A process of the federation: started again, at once, whenever SIGKILL has ended it.</summary>
/// <param name="start">Starts it, to die at a fail point if one is named.</param>
internal sealed class Victim(string name, Func<string?, Task<Life>> start)
{
    private string? _next;
    private Life? _life;
    private int _kills;

    public string Name { get; } = name;

    /// <summary>How often SIGKILL has ended it, whoever sent it.</summary>
    public int Kills => Volatile.Read(ref _kills);

    /// <summary>The life at this moment, or the last one.</summary>
    public Life Life => Volatile.Read(ref _life) ?? throw new InvalidOperationException($"{Name} was not started");

    /// <summary>The next life is to end at this fail point.</summary>
    public void ArmNext(string? failPoint) => Volatile.Write(ref _next, failPoint);

    public async Task StartAsync() => Volatile.Write(ref _life, await start(Interlocked.Exchange(ref _next, null)));

    /// <summary>Ends it if it was started and nobody keeps it.</summary>
    public async Task StopAsync()
    {
        if (_life is { } life)
            await life.Process.DisposeAsync();
    }

    /// <summary>After its start: until it has ended by itself; ends it when cancelled.</summary>
    /// <exception cref="AgentException">It has failed.</exception>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var life = Life;
                var code = await life.Process.Ended.WaitAsync(cancellationToken);
                await life.Process.DisposeAsync();
                if (code == 0)
                {
                    life.Next.SetResult(null);
                    return;
                }

                if (code != ChildProcess.Killed)
                    throw new AgentException(code, $"{Name} has ended with code {code}: {life.Process.Errors}");
                Interlocked.Increment(ref _kills);
                await StartAsync();
                life.Next.SetResult(Life);
            }
        }
        finally
        {
            await Life.Process.DisposeAsync();
        }
    }
}

/// <summary>A process from its start to its end.</summary>
/// <param name="Ready">Where it serves, for a silo; completed from the start for others.</param>
internal sealed record Life(ChildProcess Process, Recovery Recovery, Task Ready)
{
    /// <summary>The life after this one; null when the process has ended as it should.</summary>
    public TaskCompletionSource<Life?> Next { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>From the start of a process to the first update that was accepted after it.</summary>
internal sealed class Recovery(TimeProvider time)
{
    private readonly long _startedAt = time.GetTimestamp();
    private readonly TaskCompletionSource<TimeSpan> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TimeSpan> Done => _done.Task;

    public void Accepted() => _done.TrySetResult(time.GetElapsedTime(_startedAt));
}
