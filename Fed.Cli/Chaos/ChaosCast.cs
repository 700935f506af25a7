using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Fed.Cli.Audit;
using Fed.Cli.Children;
using Fed.Client;
using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Core.FailPoints;
using Fed.MediaQc.Folders;

namespace Fed.Cli.Chaos;

/// <summary>How the silos of a run are started.</summary>
/// <param name="Count">More than one are a cluster.</param>
/// <param name="Configure">Adds what all of them are started with.</param>
/// <param name="Patience">Of the agents with a silo that is silent; null: the usual.</param>
internal sealed record SiloSetup(int Count, Action<ProcessStartInfo> Configure, double? Patience = null)
{
    /// <summary>A silo that the others have declared dead ends, and is to be started again.</summary>
    public bool IsWorthAnother(int code) => code == ChildProcess.Killed || (Count > 1 && code == ExitCode.Failure);
}

/// <summary>
/// The processes of one run, on loopback: silos and their participants' agents, each started again whenever SIGKILL has
/// ended it.
/// </summary>
internal sealed class ChaosCast : IAsyncDisposable
{
    /// <summary>Nothing accepted for so long is a federation that a kill has stopped.</summary>
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(120);

    private readonly LaunchThread _launcher = new();
    private readonly ChaosFederation _federation;
    private readonly SiloSetup _setup;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly int[] _ports;

    public ChaosCast(ChaosFederation federation, SiloSetup setup, string folder, TimeProvider time)
    {
        _federation = federation;
        _setup = setup;
        _folder = folder;
        _time = time;
        _ports = new int[setup.Count + 1];
        Victim Silo(int index) => new(
            NameOf(index), setup.IsWorthAnother, point => StartSiloAsync(index, point));
        Silos = [.. Enumerable.Range(0, setup.Count).Select(Silo)];
        Further = Silo(setup.Count);
        Agents =
        [
            .. federation.Participants.Select(house => new Victim(
                house.Name, code => code == ChildProcess.Killed, point => StartAgentAsync(house, point))),
        ];
    }

    public IReadOnlyList<Victim> Silos { get; }

    /// <summary>One more silo, which nobody starts or keeps but who wants it.</summary>
    public Victim Further { get; }

    public IReadOnlyList<Victim> Agents { get; }

    /// <summary>Of the silos.</summary>
    public IReadOnlyList<Uri> Addresses =>
        [.. _ports.Take(_setup.Count).Select(port => new Uri($"http://127.0.0.1:{port}"))];

    public ReceiptBook Receipts { get; } = new();

    /// <summary>Starts one silo and waits until it serves.</summary>
    /// <exception cref="AgentException">It does not.</exception>
    public async Task StartSiloAsync(Victim silo, CancellationToken cancellationToken)
    {
        await silo.StartAsync();
        var (process, _, ready) = silo.Life;
        await Task.WhenAny(ready, process.Ended).WaitAsync(cancellationToken);
        if (!ready.IsCompleted)
            throw SiloLaunch.Failed(process, await process.Ended, $"{silo.Name} did not start");
        var index = silo == Further ? _setup.Count : Silos.Index().First(each => each.Item == silo).Index;
        _ports[index] = (await (Task<Uri>)ready).Port;
    }

    /// <summary>With silos that serve: from the agents' start until each of them has finished.</summary>
    /// <param name="torment">Gets what completes with the last agent; returns when it has killed enough.</param>
    /// <exception cref="AgentException">A process failed, or the federation stands still.</exception>
    public async Task RunAsync(Func<Task, CancellationToken, Task> torment, CancellationToken cancellationToken)
    {
        foreach (var agent in Agents)
            await agent.StartAsync();
        using var scope = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] keepingAgents = [.. Agents.Select(agent => agent.KeepAsync(scope.Token))];
        Task[] untilTheEnd = [WatchAsync(scope.Token), .. Silos.Select(silo => silo.KeepAsync(scope.Token))];
        var finished = AllAsync(keepingAgents);
        try
        {
            await await Task.WhenAny([torment(finished, scope.Token), .. untilTheEnd]);
            await await Task.WhenAny([finished, .. untilTheEnd]);
        }
        finally
        {
            await scope.CancelAsync();
            await Task.WhenAll([.. untilTheEnd, .. keepingAgents]).ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <summary>
    /// By a silo that is started for it, and goes on: what it shows is what was stored, and no fail point is armed in
    /// it.
    /// </summary>
    public async Task<AuditReport> AuditAsync(CancellationToken cancellationToken)
    {
        Silos[0].ArmNext(null);
        await StartSiloAsync(Silos[0], cancellationToken);
        var name = _federation.Settings.Name;
        using var source = new ServerSource(new FederationClient(Addresses[0], _time), name);
        using var blobs = new AuditBlobs(source);
        var acknowledged = _federation.Participants
            .SelectMany(house => Receipts.Of(house.Name, StateOf(house.Name), name))
            .ToArray();
        var head = await source.ReadHeadAsync(cancellationToken);
        return await new FederationAudit(blobs, head).RunAsync(acknowledged, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Agents.Concat(Silos).Append(Further).Select(victim => victim.StopAsync()));
        _launcher.Dispose();
    }

    private string NameOf(int silo) => _setup.Count == 1 ? "silo" : $"silo-{silo + 1}";

    private string StateOf(string participant) => Path.Combine(_folder, "participants", participant);

    private async Task<Life> StartSiloAsync(int index, string? failPoint)
    {
        var recovery = new Recovery(_time);
        var (process, ready) = await SiloLaunch.StartAsync(
            _launcher, _ports[index], Path.Combine(_folder, NameOf(index)), failPoint, _setup.Configure);
        return new Life(process, recovery, ready);
    }

    /// <summary>All, or the failure of the first that fails.</summary>
    private static async Task AllAsync(IEnumerable<Task> tasks)
    {
        await foreach (var task in Task.WhenEach(tasks))
            await task;
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Standstill, _time);
        for (var before = -1; before != Receipts.Count; await timer.WaitForNextTickAsync(cancellationToken))
            before = Receipts.Count;
        throw new AgentException(
            ExitCode.Failure,
            $"the federation stands still: for {Standstill.TotalSeconds:0} s no update was accepted after "
            + $"{Receipts.Count}; the silo's log is {Path.Combine(_folder, NameOf(0))}.log");
    }

    private Task<Life> StartAgentAsync(DataParticipant house, string? failPoint)
    {
        var recovery = new Recovery(_time);
        // Each begins at another silo.
        var index = _federation.Participants.Index().First(each => each.Item == house).Index % _setup.Count;
        var usual = new ClientTimeouts().Patience.TotalSeconds;
        var start = Programs.Participant(
        [
            "--json", "--stop-with-stdin",
            "--server", string.Join(',', Addresses.Skip(index).Concat(Addresses.Take(index))),
            "--participant", house.Name,
            "--data", house.Directory,
            "--state", StateOf(house.Name),
            "--federation", _federation.Settings.Name, "--cluster", house.Cluster,
            "--patience", (_setup.Patience ?? usual).ToString(CultureInfo.InvariantCulture),
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
        foreach (var silo in Silos)
        {
            if (silo.Life is { Ready.IsCompletedSuccessfully: true } life)
                life.Recovery.Accepted();
        }
    }
}

/// <summary>A process of the federation: started again, at once, whenever it was made to end.</summary>
/// <param name="isWorthAnother">Whether a life that has ended with this code, not 0, is followed by another.</param>
/// <param name="start">Starts it, to die at a fail point if one is named.</param>
internal sealed class Victim(string name, Func<int, bool> isWorthAnother, Func<string?, Task<Life>> start)
{
    private string? _next;
    private Life? _life;
    private int _kills;
    private int _restarts;

    public string Name { get; } = name;

    /// <summary>How often it has ended and was started again: by SIGKILL, whoever sent it, as a rule.</summary>
    public int Kills => Volatile.Read(ref _kills);

    /// <summary>The life at this moment, or the last one.</summary>
    public Life Life => Volatile.Read(ref _life) ?? throw new InvalidOperationException($"{Name} was not started");

    /// <summary>The next life is to end at this fail point.</summary>
    public void ArmNext(string? failPoint) => Volatile.Write(ref _next, failPoint);

    public async Task StartAsync() => Volatile.Write(ref _life, await start(Interlocked.Exchange(ref _next, null)));

    /// <summary>Tells it to end, in order; whoever keeps it starts it again.</summary>
    public void Restart()
    {
        Interlocked.Increment(ref _restarts);
        Life.Process.Terminate();
    }

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
                var isRestart = Interlocked.Exchange(ref _restarts, 0) > 0 && code == 0;
                if (code == 0 && !isRestart)
                {
                    life.Next.SetResult(null);
                    return;
                }

                if (code != 0 && !isWorthAnother(code))
                    throw new AgentException(code, $"{Name} has ended with code {code}: {life.Process.Errors}");
                if (!isRestart)
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
