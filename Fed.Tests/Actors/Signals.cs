using System.Collections.Concurrent;

namespace Fed.Tests.Actors;

/// <summary>Named events by which tests and grains wait for each other, in place of sleeping.</summary>
public sealed class Signals
{
    private static readonly TimeSpan s_missing = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _signals = new();
    private readonly ConcurrentDictionary<string, int> _counts = new();

    /// <summary>Sets a signal for good; later values are ignored.</summary>
    public void Set(string name, string value = "") => Source(name).TrySetResult(value);

    public bool IsSet(string name) => Source(name).Task.IsCompleted;

    /// <summary>Waits for a signal. Its absence fails the test after 30 s; it is no measure of time.</summary>
    public Task<string> Wait(string name) => Source(name).Task.WaitAsync(s_missing);

    /// <summary>Adds one to a counter and sets the signal <c>name#count</c>.</summary>
    public int Count(string name)
    {
        var count = _counts.AddOrUpdate(name, 1, (_, old) => old + 1);
        Set($"{name}#{count}");
        return count;
    }

    public int CountOf(string name) => _counts.GetValueOrDefault(name);

    private TaskCompletionSource<string> Source(string name) => _signals.GetOrAdd(
        name, _ => new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously));
}
