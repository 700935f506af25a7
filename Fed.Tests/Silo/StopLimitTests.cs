using Fed.Silo.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Fed.Tests.Silo;

/// <summary>When the last resort of a stop is taken, and when it is not.</summary>
public sealed class StopLimitTests : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _clock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<string> _late = [];

    public void Dispose() => _stopping.Dispose();

    [Fact]
    public void Stop_ThatTakesTooLong_IsToldOnce()
    {
        using var limit = Create();
        _stopping.Cancel();

        _clock.Advance(Longest - TimeSpan.FromTicks(1));
        Assert.Empty(_late);
        _clock.Advance(Longest);

        Assert.StartsWith("the stop took longer than 30 s", Assert.Single(_late), StringComparison.Ordinal);
    }

    [Fact]
    public void Stop_ThatEndsInTime_IsNotTold()
    {
        using (Create())
            _stopping.Cancel();

        _clock.Advance(2 * Longest);

        Assert.Empty(_late);
    }

    [Fact]
    public void Silo_ThatIsNotToldToStop_GoesOn()
    {
        using var limit = Create();

        _clock.Advance(2 * Longest);

        Assert.Empty(_late);
    }

    private StopLimit Create() => new(Longest, _clock, _late.Add, _stopping.Token);
}
