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

    /// <summary>Completes when all that was changed before this call is durable; fails if its write failed.</summary>
    public Task CommitAsync()
    {
        if (_next is not null)
            return _next;
        if (_current.IsCompleted)
            return _current = write();
        return _next = WriteAfter(_current);
    }

    private async Task WriteAfter(Task current)
    {
        // First let CommitAsync return, so that _next is this task.
        await Task.Yield();
        // Those who wait for the current write hear of its failure themselves.
        await current.ConfigureAwait(
            ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        _current = _next!;
        _next = null;
        await write();
    }
}
