using Orleans;
using Orleans.Core;
using Orleans.Storage;
using Fed.Core.FailPoints;

namespace Fed.Grains.Persistence;

/// <summary>
/// Durable writes of one grain's state, one at a time, each covering everything that changed before it began: callers
/// that arrive while a write is under way share the next one. For use from the turns of one reentrant grain only.
/// </summary>
/// <param name="write">Writes the state as it is when called.</param>
public sealed class GroupCommit(Func<Task> write)
{
    private Task _current = Task.CompletedTask;
    private Task? _next;

    /// <summary>
    /// Of a grain that writes by itself, where no call's failure would end its activation. When somebody else wrote, or
    /// a
    /// write of its own took effect unseen, what it has in memory is worth nothing: the next activation reads what is
    /// stored.
    /// </summary>
    public static GroupCommit Of(Grain owner, IStorage state) => new(async () =>
    {
        try
        {
            await state.WriteStateAsync();
        }
        catch (InconsistentStateException)
        {
            owner.DeactivateOnIdle();
            throw;
        }
    });

    /// <summary>Completes when all that was changed before this call is durable; fails if its write failed.</summary>
    public Task CommitAsync()
    {
        if (_next is not null)
            return _next;
        if (_current.IsCompleted)
            return _current = WriteAsync();
        return _next = WriteAfter(_current);
    }

    /// <summary>
    /// Completes when all that was changed before this call is durable: at once if it is, else with the write under
    /// way.
    /// After a write that failed it writes again, for what that one was to cover is in memory only.
    /// </summary>
    public Task SettleAsync() => _next ?? (_current.IsFaulted || _current.IsCanceled ? CommitAsync() : _current);

    private async Task WriteAfter(Task current)
    {
        // First let CommitAsync return, so that _next is this task.
        await Task.Yield();
        // Those who wait for the current write hear of its failure themselves.
        await current.ConfigureAwait(
            ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        _current = _next!;
        _next = null;
        await WriteAsync();
    }

    private async Task WriteAsync()
    {
        FailPoint.Hit(FailPointNames.GroupBeforeWrite);
        await write();
        FailPoint.Hit(FailPointNames.GroupAfterWrite);
    }
}
