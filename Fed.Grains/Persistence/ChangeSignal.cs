namespace Fed.Grains.Persistence;

/// <summary>A revision number and those who wait for it to change. For use from the turns of one grain only.</summary>
/// <param name="time">Revisions start from its clock, so that those of an earlier activation differ.</param>
public sealed class ChangeSignal(TimeProvider time)
{
    private TaskCompletionSource _changed = new();

    public long Revision { get; private set; } = time.GetUtcNow().UtcTicks;

    public void Raise()
    {
        Revision++;
        var changed = _changed;
        _changed = new TaskCompletionSource();
        // Whoever waits goes on in this grain's turns; nothing needs the pool in between.
        changed.SetResult();
    }

    /// <summary>
    /// Returns at once when the revision is another one, else at the next change, after the wait, or when cancelled.
    /// </summary>
    public async Task WaitAsync(long knownRevision, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (knownRevision != Revision || wait <= TimeSpan.Zero)
            return;
        var changed = _changed.Task;
        await changed.WaitAsync(wait, time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
    }
}
