namespace Fed.Cli.Chaos;

/// <summary>From the start of a process to the first update that was accepted after it.</summary>
internal sealed class Recovery(TimeProvider time)
{
    private readonly long _startedAt = time.GetTimestamp();
    private readonly TaskCompletionSource<TimeSpan> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TimeSpan> Done => _done.Task;

    public void Accepted() => _done.TrySetResult(time.GetElapsedTime(_startedAt));
}
