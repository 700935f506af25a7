using Fed.Cli.Chaos;
using Fed.Client;
using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Contracts;

namespace Fed.Cli.Cluster;

/// <summary>What can befall a cluster while it trains.</summary>
internal enum ClusterFault
{
    /// <summary>SIGKILL of a silo, until it was started again.</summary>
    Kill,

    /// <summary>SIGSTOP of a silo for a while, which leaves its connections open.</summary>
    Freeze,

    /// <summary>SIGTERM of all silos, one after the other; each serves again before the next one goes.</summary>
    Restart,

    /// <summary>A further silo joins; the next time it is told to leave.</summary>
    Scale,

    /// <summary>The server that keeps membership, state and reminders is away for a while.</summary>
    Storage,
}

/// <summary>A fault that was injected.</summary>
/// <param name="Outage">
/// From the fault until it is over and a version has come since: the longest time without a new global version. Null:
/// none came before the federation had finished.
/// </param>
internal sealed record Injected(ClusterFault Fault, TimeSpan? Outage);

/// <summary>
/// One fault after the other, in turn, at random instants on random silos, while the federation trains. Meanwhile it
/// watches the global versions, which the other silos make.
/// </summary>
internal sealed class FaultInjector(
    ChaosCast cast,
    SharedStorage storage,
    FederationClient client,
    string federation,
    Random random,
    TimeProvider time,
    Action<string> say)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(4);

    /// <summary>How often it is looked for a new version.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>Longer than the others need to vote it dead.</summary>
    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan StorageAway = TimeSpan.FromSeconds(30);

    private readonly List<Injected> _injected = [];
    private Task? _furtherSilo;

    public IReadOnlyList<Injected> All => _injected;

    /// <summary>Until the federation has finished.</summary>
    /// <param name="finished">Completes when every agent has finished the federation.</param>
    public async Task RunAsync(
        IReadOnlyList<ClusterFault> faults, Task finished, CancellationToken cancellationToken)
    {
        await Task.WhenAny(finished, cast.Receipts.First).WaitAsync(cancellationToken);
        for (var i = 0; ; i++)
        {
            var wait = random.NextDouble() * LongestWait;
            await Task.WhenAny(finished, Task.Delay(wait, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            var before = await VersionAsync(cancellationToken);
            if (_furtherSilo is { IsCompleted: true } failed)
                await failed;
            if (finished.IsCompleted)
                return;
            await InjectAsync(faults[i % faults.Count], before, finished, cancellationToken);
        }
    }

    private async Task InjectAsync(
        ClusterFault fault, long version, Task finished, CancellationToken cancellationToken)
    {
        var silo = cast.Silos[random.Next(cast.Silos.Count)];
        var (what, over) = fault switch
        {
            ClusterFault.Kill => ($"{silo.Name} killed", KillAsync(silo)),
            ClusterFault.Freeze => ($"{silo.Name} frozen", FreezeAsync(silo, cancellationToken)),
            ClusterFault.Restart => ("all silos restarted in turn", RestartAllAsync(cancellationToken)),
            ClusterFault.Scale when _furtherSilo is null => ("a silo added", AddAsync(cancellationToken)),
            ClusterFault.Scale => ("the added silo stopped", TakeAwayAsync(cancellationToken)),
            _ => ("storage away", storage.AwayAsync(StorageAway, time, cancellationToken)),
        };
        var outage = await WatchAsync(version, over, finished, cancellationToken);
        // Also when the federation has finished before: the audit wants silos and storage that are there.
        await over.WaitAsync(cancellationToken);
        _injected.Add(new Injected(fault, outage));
        if (outage is { } longest)
            say($"{what}; at most {longest.TotalSeconds:0.0} s without a new version");
    }

    private static async Task KillAsync(Victim silo)
    {
        var life = silo.Life;
        life.Process.Kill();
        await BackAsync(life);
    }

    private async Task FreezeAsync(Victim silo, CancellationToken cancellationToken)
    {
        var life = silo.Life;
        life.Process.Freeze();
        try
        {
            await Task.Delay(Frozen, time, cancellationToken);
        }
        finally
        {
            // The others have voted it dead: it ends now, and is started again.
            life.Process.Thaw();
        }
    }

    private async Task RestartAllAsync(CancellationToken cancellationToken)
    {
        var order = cast.Silos.ToArray();
        random.Shuffle(order);
        foreach (var silo in order)
        {
            // One that a fault before this has ended may not serve yet.
            Life life;
            while (!(life = silo.Life).Ready.IsCompleted)
                await Task.WhenAny(life.Ready, life.Next.Task).WaitAsync(cancellationToken);
            silo.Restart();
            await BackAsync(life).WaitAsync(cancellationToken);
        }
    }

    private async Task AddAsync(CancellationToken cancellationToken)
    {
        await cast.StartSiloAsync(cast.Further, cancellationToken);
        _furtherSilo = cast.Further.KeepAsync(cancellationToken);
    }

    /// <exception cref="AgentException">It has failed, or does now.</exception>
    private async Task TakeAwayAsync(CancellationToken cancellationToken)
    {
        cast.Further.Life.Process.Terminate();
        await _furtherSilo!.WaitAsync(cancellationToken);
        _furtherSilo = null;
    }

    private static async Task BackAsync(Life life)
    {
        if (await life.Next.Task is { } next)
            await next.Ready;
    }

    /// <summary>Until it is over and a version has come since.</summary>
    private async Task<TimeSpan?> WatchAsync(
        long version, Task over, Task finished, CancellationToken cancellationToken)
    {
        TimeSpan? longest = null;
        var last = time.GetTimestamp();
        using var timer = new PeriodicTimer(Look, time);
        while (!finished.IsCompleted)
        {
            var isOver = over.IsCompleted;
            if (await VersionAsync(cancellationToken) is var newest && newest > version)
            {
                var gap = time.GetElapsedTime(last);
                longest = longest > gap ? longest : gap;
                if (isOver)
                    return longest;
                (version, last) = (newest, time.GetTimestamp());
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }

        return longest;
    }

    private async Task<long> VersionAsync(CancellationToken cancellationToken)
    {
        var newest = await new RetryPolicy(time, random).RunAsync(
            () => client.VersionsAsync(federation, TierNames.Global, 1, cancellationToken),
            static (_, _) => { },
            cancellationToken);
        return newest[0].Number;
    }
}
