using Fed.Grains.Persistence;

namespace Fed.Tests.Grains;

/// <summary>A wait that would last an hour, and what ends it earlier.</summary>
public sealed class ChangeSignalTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);
    private readonly ChangeSignal _signal = new(TimeProvider.System);

    [Fact]
    public async Task Wait_EndsWithAChange()
    {
        var wait = _signal.WaitAsync(_signal.Revision, s_hour, CancellationToken.None);
        Assert.False(wait.IsCompleted);

        _signal.Raise();

        await wait;
    }

    [Fact]
    public async Task Wait_EndsWhenItsCallerGoes()
    {
        using var caller = new CancellationTokenSource();
        var wait = _signal.WaitAsync(_signal.Revision, s_hour, caller.Token);
        Assert.False(wait.IsCompleted);

        await caller.CancelAsync();

        await wait;
    }

    [Fact]
    public async Task Wait_ForWhatHasChangedBefore_EndsAtOnce()
    {
        var known = _signal.Revision;
        _signal.Raise();

        await _signal.WaitAsync(known, s_hour, CancellationToken.None);
    }
}
