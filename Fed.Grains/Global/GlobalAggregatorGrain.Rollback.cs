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
    /// <summary>Well within the time that a call may take.</summary>
    private static readonly TimeSpan RegistryPatience = TimeSpan.FromSeconds(3);

    private readonly Queue<RollbackOrder> _orders = [];
    private Task _rollback = Task.CompletedTask;
    private CancellationTokenSource? _fold;

    public async Task<GlobalView> RollBack(RollbackRequest request)
    {
        await EnsureStartedAsync();
        await _state.SettleAsync();
        var order = new RollbackOrder(request);
        _orders.Enqueue(order);
        _fold?.Cancel();
        _versions.Ask();
        await Task.WhenAny(order.Done, _versions.Idle);
        if (!order.Done.IsCompleted && _versions.Failure is { } failure)
        {
            // The work failed before it came to the order, and may be long in going on: who ordered does so again.
            order.Withdraw();
            ExceptionDispatchInfo.Throw(failure);
        }

        await order.Done;
        // Who ordered it looks at the list of versions next; where the registry is away, it hears of it later.
        await _records.Idle.WaitAsync(RegistryPatience, _time).ConfigureAwait(
            ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        return ViewOf(_state.Committed);
    }

    /// <summary>A fold that is under way when an order comes would be withdrawn with the others: null then.</summary>
    private async Task<FoldResult?> FoldUnlessOrderedAsync(FoldRequest request, CancellationToken cancellationToken)
    {
        using var fold = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _fold = fold;
        try
        {
            return await _folds.FoldAsync(request, fold.Token);
        }
        catch (OperationCanceledException) when (_orders.Count > 0 && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            _fold = null;
        }
    }

    private async Task CarryOutOrdersAsync(CancellationToken cancellationToken)
    {
        while (_orders.TryDequeue(out var order))
            await (_rollback = order.CarryOutAsync(request => CommitRollbackAsync(request, cancellationToken)));
    }

    public async Task<BlobRoots> GetRoots()
    {
        await EnsureStartedAsync();
        // It may have chosen a version that was given up since. Who ordered it hears of its failure.
        await _rollback.ConfigureAwait(
            ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        var roots = State.Roots();
        // What is on the disk is not older then: nothing else will be read after a crash.
        await _state.SettleAsync();
        return roots;
    }

    private async Task CommitRollbackAsync(RollbackRequest request, CancellationToken cancellationToken)
    {
        var target = await FindTargetAsync(request.Version);
        if (await HasJustCarriedOutAsync(request, target))
            return;
        var restored = await _manifests.ReadAsync(target.ManifestSha256);
        var model = _description!.Settings.Training.ControlVariates
            ? await _folds.SpliceAsync(restored.ModelSha256, State.ModelSha256, cancellationToken)
            : restored.ModelSha256;
        var manifest = _machine!.Restore(
            State, request, target.ManifestSha256, model, restored.OptimizerState, _time.GetUtcNow());
        var hash = await _manifests.WriteAsync(manifest);
        await PublishAsync(manifest, state => state.RollBack(manifest, hash));
        Log.RolledBack(_logger, Federation, request.Version, request.By, manifest.Withdrawn!, request.Reason);
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

/// <summary>A rollback that waits for the work under way to end, and who waits for it.</summary>
internal sealed class RollbackOrder(RollbackRequest request)
{
    // Who waits goes on in this grain's turns; nothing needs the pool in between.
    private readonly TaskCompletionSource _done = new();
    private bool _withdrawn;

    public Task Done => _done.Task;

    /// <summary>Nobody waits for it any more: it is not carried out.</summary>
    public void Withdraw() => _withdrawn = true;

    /// <summary>
    /// Whatever comes of it is told to who waits. A failure that is no refusal is thrown too: it may have left work to
    /// be finished before anything else is done.
    /// </summary>
    public async Task CarryOutAsync(Func<RollbackRequest, Task> rollBack)
    {
        if (_withdrawn)
            return;
        try
        {
            await rollBack(request);
            _done.SetResult();
        }
        catch (RefusedException refused)
        {
            _done.SetException(refused);
        }
        catch (Exception error)
        {
            _done.SetException(error);
            throw;
        }
    }
}
