using Fed.Cli.Chaos;
using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Contracts;

namespace Fed.Cli.Cluster;

/// <summary>
/// Takes one silo at a time from a cluster, at a random instant: by SIGKILL until it was started again, or by SIGSTOP,
/// which leaves its connections open, for a while. Meanwhile it watches the global versions, which the others make.
/// </summary>
internal sealed class SiloKiller(
    ChaosCast cast,
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

    private readonly List<TimeSpan> _outages = [];

    /// <summary>Silos that were killed or frozen.</summary>
    public int Strikes { get; private set; }

    /// <summary>Of each of them, the longest time without a new global version.</summary>
    public IReadOnlyList<TimeSpan> Outages => _outages;

    /// <summary>Until the federation has finished.</summary>
    /// <param name="finished">Completes when every agent has finished the federation.</param>
    public async Task KillAsync(Task finished, CancellationToken cancellationToken)
    {
        await Task.WhenAny(finished, cast.Receipts.First).WaitAsync(cancellationToken);
        for (var freeze = false; ; freeze = !freeze && !OperatingSystem.IsWindows())
        {
            var wait = random.NextDouble() * LongestWait;
            await Task.WhenAny(finished, Task.Delay(wait, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            var before = await VersionAsync(cancellationToken);
            if (finished.IsCompleted)
                return;
            await StrikeAsync(cast.Silos[random.Next(cast.Silos.Count)], freeze, before, finished, cancellationToken);
        }
    }

    private async Task StrikeAsync(
        Victim silo, bool freeze, long before, Task finished, CancellationToken cancellationToken)
    {
        var life = silo.Life;
        Strikes++;
        if (freeze)
            life.Process.Freeze();
        else
            life.Process.Kill();
        var over = freeze ? Task.Delay(Frozen, time, cancellationToken) : BackAsync(life);
        var outage = await WatchAsync(before, over, finished, cancellationToken);
        // The others have voted it dead: it ends now, and is started again.
        if (freeze)
            life.Process.Thaw();
        if (outage is not { } longest)
            return;
        _outages.Add(longest);
        say($"{silo.Name} {(freeze ? "frozen" : "killed")}; at most {longest.TotalSeconds:0.0} s without a new "
            + "version");
    }

    private static async Task BackAsync(Life life)
    {
        if (await life.Next.Task is { } next)
            await next.Ready;
    }

    /// <summary>Until it is over and a version has come since.</summary>
    /// <returns>The longest time without a new version; null: none came before the federation had finished.</returns>
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
