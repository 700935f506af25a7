using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Fed.Grains.Placement;

/// <summary>
/// An aggregator's look at the silos that there are. When they have changed, and stayed so from one look to the next,
/// it moves to the one that it belongs on, as soon as it has nothing to do: a silo that was added takes its share, and
/// one that comes back gets its own again.
/// </summary>
/// <param name="isBusy">Whether there is work that a move would interrupt.</param>
internal sealed class AggregatorPlace(Grain aggregator, ISiloStatusOracle oracle, Func<bool> isBusy, ILogger logger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    private IReadOnlyList<SiloAddress> _seen = [];
    private IReadOnlyList<SiloAddress> _settled = [];
    private IGrainTimer? _timer;

    /// <param name="aggregators">Keys of all aggregators of the federation, in an order that all agree on.</param>
    public void Watch(IReadOnlyList<string> aggregators) => _timer ??= aggregator.RegisterGrainTimer(
        _ =>
        {
            Look(aggregators);
            return Task.CompletedTask;
        },
        new GrainTimerCreationOptions { DueTime = LookEvery, Period = LookEvery, Interleave = true });

    private void Look(IReadOnlyList<string> aggregators)
    {
        SiloAddress[] silos = [.. oracle.GetApproximateSiloStatuses(onlyActive: true).Keys.Order()];
        if (silos.SequenceEqual(_settled))
            return;
        var isSettled = silos.SequenceEqual(_seen);
        _seen = silos;
        // One that stops is told to go by itself.
        if (!isSettled || isBusy() || !silos.Contains(oracle.SiloAddress))
            return;
        _settled = silos;
        var own = aggregator.GetPrimaryKeyString();
        var place = aggregators.Zip(AggregatorSpread.OfAll(aggregators, silos)).First(each => each.First == own).Second;
        if (place.Equals(oracle.SiloAddress))
            return;
        Log.AggregatorMoves(logger, own, place);
        RequestContext.Set(IPlacementDirector.PlacementHintKey, place);
        aggregator.MigrateOnIdle();
    }
}
