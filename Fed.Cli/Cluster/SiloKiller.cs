using Fed.Cli.Chaos;
using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Contracts;

namespace Fed.Cli.Cluster;

/// <summary>
/// Takes one silo at a time from a cluster, at a random instant: by SIGKILL, or by SIGSTOP, which leaves its connections
/// open; waits for the next global version, which the others make; then it lets the frozen one go on, or waits until the
/// killed one is back.
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

    private readonly List<TimeSpan> _outages = [];

    /// <summary>Silos that were killed or frozen.</summary>
    public int Strikes { get; private set; }

    /// <summary>From each of them to the next global version.</summary>
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
        var at = time.GetTimestamp();
        if (freeze)
            life.Process.Freeze();
        else
            life.Process.Kill();
        if (await NewerAsync(before, finished, cancellationToken) is { } version)
        {
            _outages.Add(time.GetElapsedTime(at));
            say($"{silo.Name} {(freeze ? "frozen" : "killed")}; version {version} came "
                + $"{_outages[^1].TotalSeconds:0.0} s after it");
        }

        // Where the others had to vote it dead it ends now, and is started again; else it goes on.
        if (freeze)
            life.Process.Thaw();
        else
            await Task.WhenAny(finished, BackAsync(life)).WaitAsync(cancellationToken);
    }

    private static async Task BackAsync(Life life)
    {
        if (await life.Next.Task is { } next)
            await next.Ready;
    }

    /// <returns>Null: the federation has finished, and has no newer version.</returns>
    private async Task<long?> NewerAsync(long before, Task finished, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        do
        {
            var isLast = finished.IsCompleted;
            var version = await VersionAsync(cancellationToken);
            if (version > before)
                return version;
            if (isLast)
                return null;
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));

        return null;
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
