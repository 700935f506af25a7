using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Fed.Grains.Placement;

/// <summary>
/// An aggregator's look at the silos that there are. When they have changed, and stayed so from one look to the next,
/// it moves to the one that it belongs on: a silo that was added takes its share, and one that comes back gets its own
/// again.
/// </summary>
/// <param name="isBusy">Whether there is work that a move would interrupt.</param>
internal sealed class AggregatorPlace(Grain aggregator, ISiloStatusOracle oracle, Func<bool> isBusy, ILogger logger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    private readonly SiloChanges _changes = new();
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
        // One that stops is told to go by itself.
        if (!silos.Contains(oracle.SiloAddress) || !_changes.Look(silos, isBusy()))
            return;
        var own = aggregator.GetPrimaryKeyString();
        var place = aggregators.Zip(AggregatorSpread.OfAll(aggregators, silos)).First(each => each.First == own).Second;
        if (place.Equals(oracle.SiloAddress))
            return;
        Log.AggregatorMoves(logger, own, place);
        RequestContext.Set(IPlacementDirector.PlacementHintKey, place);
        aggregator.MigrateOnIdle();
    }
}

/// <summary>Decides at which look at the silos to act on their change.</summary>
internal sealed class SiloChanges
{
    /// <summary>
    /// Looks that find it busy. Where work never ends a silo that was added would else get none of it; what is
    /// interrupted begins again after the move, and comes to the same bits.
    /// </summary>
    public const int PatientLooks = 2;

    private IReadOnlyList<SiloAddress> _seen = [];
    private IReadOnlyList<SiloAddress> _settled = [];
    private int _busyLooks;

    /// <param name="silos">The active ones, in order.</param>
    /// <param name="isBusy">Whether there is work that acting now would interrupt.</param>
    /// <returns>True once after each change: when two looks in a row have seen the same silos, and there is no work or
    /// there has been at <see cref="PatientLooks"/> looks since.</returns>
    public bool Look(IReadOnlyList<SiloAddress> silos, bool isBusy)
    {
        if (silos.SequenceEqual(_settled))
            return false;
        if (!silos.SequenceEqual(_seen))
        {
            (_seen, _busyLooks) = (silos, 0);
            return false;
        }

        if (isBusy && _busyLooks++ < PatientLooks)
            return false;
        _settled = silos;
        return true;
    }
}
