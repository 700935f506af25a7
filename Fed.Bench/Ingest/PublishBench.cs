using System.Diagnostics;
using Fed.Client.Protocol;
using Fed.Contracts.Federations;

namespace Fed.Bench.Ingest;

/// <summary>
/// From a buffer's K-th update to its version: one participant has contributed and waits by its long poll, the others
/// contribute one after the other; the time runs from the last of them until the one that waits has its next task.
/// </summary>
public sealed class PublishBench(Uri server, LoadSettings settings, int rounds)
{
    /// <summary>K of the usual one.</summary>
    public const int Goal = 8;

    /// <returns>Medians over the rounds.</returns>
    public async Task<PublishFigure> RunAsync(CancellationToken cancellation)
    {
        using var client = new FederationClient(server);
        using var federation = await LoadFederation.CreateAsync(client, settings, cancellation);
        using var sender = new UpdateSender(server, federation, senders: 2);
        var (afterReceipt, afterSending) = (new double[rounds], new double[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            var updates = federation.Prepare(settings.Roster);
            for (var index = 0; index < updates.Length - 1; index++)
                await sender.SendAsync(updates[index], cancellation);
            var seen = SeenAsync(sender, updates[0].Participant, cancellation);
            var sending = Stopwatch.GetTimestamp();
            await sender.SendAsync(updates[^1], cancellation);
            var receipt = Stopwatch.GetTimestamp();
            var version = await seen;
            // Both have left the server at the same moment, more or less, if the version was there by then.
            afterReceipt[round] = Math.Max(0, Stopwatch.GetElapsedTime(receipt, version).TotalMilliseconds);
            afterSending[round] = Stopwatch.GetElapsedTime(sending, version).TotalMilliseconds;
        }

        return new PublishFigure(
            LoadRun.PercentileOf(afterReceipt, 0.5), LoadRun.PercentileOf(afterSending, 0.5));
    }

    /// <summary>
    /// One cluster whose roster is its K, 1 MiB of model. Asynchronous: the cluster's own version, with the global tier
    /// waiting for more; synchronous: the version that has gone through the global tier.
    /// </summary>
    public static LoadSettings Usual(FederationMode mode) => new(
        $"publish-{mode.ToString().ToLowerInvariant()}",
        1 << 20,
        Clusters: 1,
        Participants: Goal,
        Goal,
        GlobalGoal: mode == FederationMode.Sync ? 1 : 1000,
        mode);

    private static async Task<long> SeenAsync(UpdateSender sender, int participant, CancellationToken cancellation)
    {
        await sender.TaskAsync(participant, cancellation);
        return Stopwatch.GetTimestamp();
    }
}
