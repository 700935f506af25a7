using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;

namespace Fed.Simulation;

/// <summary>
/// A participant as the agent behaves: it keeps an update until there is a receipt or a final refusal, and sends it
/// again, under its number, after whatever else went wrong. Now and then an old request is delivered once more.
/// </summary>
internal sealed class SimulatedParticipant(World world, SimulatedSilo silo, RosterEntry entry)
{
    private long _next = 1;

    /// <summary>What was acknowledged.</summary>
    public List<Receipt> Receipts { get; } = [];

    public bool IsDone { get; private set; }

    public async Task LiveAsync()
    {
        while (true)
        {
            var view = await AgainAsync(() => silo.Cluster(entry.Cluster).GetView(entry.Name));
            if (view.Finished)
            {
                IsDone = true;
                return;
            }

            if (!view.Accepting || view.LastBaseVersion >= view.Version)
            {
                await world.Pause(Life.Eternal, 2);
                continue;
            }

            await world.Pause(Life.Eternal, 1);
            await SendAsync(new ContributionOffer(
                entry.Name,
                _next,
                $"u-{entry.Name}-{_next}-{view.ModelSha256}",
                Bytes: 100,
                view.ModelSha256,
                Examples: 10 + _next,
                "signature"));
        }
    }

    private async Task SendAsync(ContributionOffer offer)
    {
        try
        {
            var receipt = await AgainAsync(() => silo.Cluster(entry.Cluster).Contribute(offer));
            if (receipt.Sha256 != offer.Sha256 || receipt.Sequence != offer.Sequence)
                silo.Violations.Add($"{entry.Name} got a receipt of {receipt.Sequence} for {offer.Sequence}");
            Receipts.Add(receipt);
            _next++;
            if (world.Chance(5))
                DeliverAgain(offer, receipt);
        }
        catch (RefusedException refused)
        {
            world.Note($"{entry.Name}: update {offer.Sequence} refused: {refused.Code}");
        }
    }

    /// <summary>Whenever it comes, it gets its first receipt.</summary>
    private void DeliverAgain(ContributionOffer offer, Receipt first) => world.At(
        TimeSpan.FromSeconds(20 * world.Random.NextDouble()),
        async () =>
        {
            try
            {
                var again = await world.Call(Life.Eternal, () => silo.Cluster(entry.Cluster).Contribute(offer));
                if (again != first)
                    silo.Violations.Add($"{entry.Name}: the duplicate of {offer.Sequence} got another receipt");
            }
            catch (RefusedException refused)
            {
                silo.Violations.Add($"{entry.Name}: the duplicate of {offer.Sequence} was refused: {refused.Message}");
            }
            catch (Exception error) when (error is IOException or TimeoutException)
            {
                world.Note($"{entry.Name}: the duplicate of {offer.Sequence} was lost");
            }
        });

    private async Task<T> AgainAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            var answer = world.Call(Life.Eternal, call);
            await answer.End();
            if (answer.Exception?.InnerException is not (IOException or TimeoutException))
                return await answer;
            await world.Pause(Life.Eternal, 1);
        }
    }
}
