using Fed.Client.Protocol;
using Fed.Contracts.Federations;

namespace Fed.Bench.Ingest;

/// <summary>
/// Steady ingest of one size of update, folds and versions included: a silo's federation takes updates for a while,
/// then its discarding endpoint the same bodies, in turns, so that a noisy machine disturbs both alike.
/// </summary>
/// <param name="slice">Of either, each turn.</param>
public sealed class RateBench(Uri server, LoadSettings settings, TimeSpan slice, int turns)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <param name="log">Told each row.</param>
    public async Task<IReadOnlyList<IngestRow>> RunAsync(
        IReadOnlyList<int> senders, Action<IngestRow> log, CancellationToken cancellation)
    {
        using var client = new FederationClient(server);
        using var federation = await LoadFederation.CreateAsync(client, settings, cancellation);
        var rows = new List<IngestRow>();
        foreach (var count in senders)
        {
            rows.Add(await MeasureAsync(federation, count, cancellation));
            log(rows[^1]);
        }

        return rows;
    }

    private async Task<IngestRow> MeasureAsync(LoadFederation federation, int senders, CancellationToken cancellation)
    {
        using var sender = new UpdateSender(server, federation, senders);
        // Tells how many to prepare, too.
        var rate = await WarmUpAsync(federation, sender, senders, cancellation);
        var (ours, discard) = (new LoadRun(), new LoadRun());
        for (var turn = 0; turn < turns; turn++)
        {
            var updates = federation.Prepare(senders + (int)(2 * rate * slice.TotalSeconds));
            var taken = await ours.RunAsync(updates, senders, slice, sender.SendAsync, cancellation);
            federation.Return(updates.Length - taken);
            await DiscardAsync(discard, updates, senders, sender, cancellation);
        }

        return new IngestRow(
            federation.Bytes,
            senders,
            ours.PerSecond,
            ours.PerSecond * federation.Bytes * 1e-6,
            ours.Percentile(0.5),
            ours.Percentile(0.99),
            ours.PerSecond / discard.PerSecond,
            discard.PerSecond,
            sender.Waits);
    }

    /// <returns>Updates a second, roughly.</returns>
    private async Task<double> WarmUpAsync(
        LoadFederation federation, UpdateSender sender, int senders, CancellationToken cancellation)
    {
        var run = new LoadRun();
        var time = slice < WarmUp ? slice : WarmUp;
        var updates = federation.Prepare(senders + Math.Min(2000, (int)((64 << 20) / federation.Bytes)));
        var taken = await run.RunAsync(updates, senders, time, sender.SendAsync, cancellation);
        federation.Return(updates.Length - taken);
        await DiscardAsync(new LoadRun(), updates, senders, sender, cancellation);
        return run.PerSecond;
    }

    /// <summary>For a slice; the bodies come round again, for nothing of them is kept.</summary>
    private async Task DiscardAsync(
        LoadRun run, PreparedUpdate[] updates, int senders, UpdateSender sender, CancellationToken cancellation)
    {
        for (var end = run.Seconds + slice.TotalSeconds; run.Seconds < end;)
        {
            await run.RunAsync(
                updates, senders, TimeSpan.FromSeconds(end - run.Seconds), sender.DiscardAsync, cancellation);
        }
    }

    /// <summary>Four clusters, with participants enough that none waits long for its next version.</summary>
    /// <param name="size">Bytes of an update.</param>
    public static LoadSettings Usual(long size) => new(
        $"load-{size}", size, Clusters: 4, Participants: 512, Goal: 64, GlobalGoal: 4, FederationMode.Async);
}
