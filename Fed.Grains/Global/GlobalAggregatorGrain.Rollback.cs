using System.Runtime.ExceptionServices;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Fed.Grains.Versions;

namespace Fed.Grains.Global;

/// <summary>Going back to an earlier version, while contributions go on arriving.</summary>
public sealed partial class GlobalAggregatorGrain
{
    private readonly Queue<RollbackOrder> _orders = [];
    private Task _rollback = Task.CompletedTask;

    public async Task<GlobalView> RollBack(RollbackRequest request)
    {
        await EnsureStartedAsync();
        // What an earlier failure has left to be written is written first, or the order is refused.
        await _commit.SettleAsync();
        var order = new RollbackOrder(request);
        _orders.Enqueue(order);
        _versions.Ask();
        await Task.WhenAny(order.Done, _versions.Idle);
        if (!order.Done.IsCompleted && _versions.Failure is { } failure)
        {
            // The work failed before it came to the order, and may be long in going on: who ordered does so again.
            order.Withdraw();
            ExceptionDispatchInfo.Throw(failure);
        }

        await order.Done;
        return View();
    }

    /// <summary>Between two folds: a fold that is under way when the order comes is withdrawn with the
    /// others.</summary>
    private async Task CarryOutOrdersAsync()
    {
        while (_orders.TryDequeue(out var order))
            await (_rollback = order.CarryOutAsync(CommitRollbackAsync));
    }

    public async Task<BlobRoots> GetRoots()
    {
        await EnsureStartedAsync();
        // It may have chosen a version that was given up since. Who ordered it hears of its failure.
        await _rollback.ConfigureAwait(
            ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        var roots = State.Roots();
        // What is on the disk is not older then: nothing else will be read after a crash.
        await _commit.SettleAsync();
        return roots;
    }

    private async Task CommitRollbackAsync(RollbackRequest request)
    {
        var target = await FindTargetAsync(request.Version);
        if (await HasJustCarriedOutAsync(request, target))
            return;
        var restored = await _manifests.ReadAsync(target.ManifestSha256);
        var withdrawn = new VersionRange(request.Version + 1, State.Version);
        var model = _description!.Settings.Training.ControlVariates
            ? await GrainFactory.GetGrain<IFoldWorkerGrain>("fold").Splice(restored.ModelSha256, State.ModelSha256)
            : restored.ModelSha256;
        var manifest = NewManifest("rollback", model) with
        {
            BaseModel = State.ModelSha256,
            Parents = [State.ManifestSha256, target.ManifestSha256],
            OptimizerState = restored.OptimizerState,
            Withdrawn = withdrawn,
            QuarantinedAggregates =
            [
                .. State.Pending.Where(pending => withdrawn.Contains(pending.Aggregate.BaseGlobalVersion))
                    .Select(pending => pending.Aggregate.ManifestSha256),
            ],
            By = request.By,
            Reason = request.Reason,
        };
        var hash = await _manifests.WriteAsync(manifest);
        _state.State = State.RollBack(model, hash, restored.OptimizerState, withdrawn);
        await _commit.CommitAsync();
        Log.RolledBack(_logger, Federation, request.Version, request.By, withdrawn, request.Reason);
        await RecordAsync(manifest, hash);
        _news.Ask();
    }

    /// <summary>
    /// Whoever was told that storage failed orders again, and the first order may have taken effect: nothing has come
    /// after it then, and it is not done twice.
    /// </summary>
    private async Task<bool> HasJustCarriedOutAsync(RollbackRequest request, VersionRecord target)
    {
        var newest = await _manifests.ReadAsync(State.ManifestSha256);
        return newest.Kind == "rollback" && newest.Parents[1] == target.ManifestSha256
            && newest.By == request.By && newest.Reason == request.Reason;
    }

    private async Task<VersionRecord> FindTargetAsync(long number)
    {
        if (State.Withdrawn.Has(number))
        {
            throw new RefusedException(
                RefusalCode.VersionWithdrawn,
                $"global version {number} of '{Federation}' is withdrawn",
                "roll back to a version that is not");
        }

        if (number >= State.Version || await Registry.Find(TierNames.Global, number) is not { } target)
        {
            throw new RefusedException(
                RefusalCode.UnknownVersion,
                $"'{Federation}' has no global version {number} to go back to; it is at {State.Version}",
                "name an earlier version of tier global");
        }

        return target.Collected ? throw CollectedVersion.Refuse(number) : target;
    }
}
