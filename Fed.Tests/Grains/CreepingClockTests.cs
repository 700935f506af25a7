using Microsoft.Extensions.Time.Testing;

namespace Fed.Tests.Grains;

public sealed class CreepingClockTests
{
    [Fact]
    public async Task Wait_ForAMomentBetweenTwoMilliseconds_Ends()
    {
        var time = new FakeTimeProvider();
        var clock = new CreepingClock(time);
        var moment = clock.GetUtcNow().AddSeconds(3).AddTicks(5_000);
        var wait = Task.Run(UntilAsync);

        while (!wait.IsCompleted)
            time.Advance(TimeSpan.FromSeconds(1));

        await wait;

        // As Orleans.Internal.TimeProviderExtensions.DelayUntilAsync has it.
        async Task UntilAsync()
        {
            while (moment - clock.GetUtcNow() is var left && left > TimeSpan.Zero)
                await Task.Delay(left, clock);
        }
    }

    [Fact]
    public async Task Wait_OnAClockThatStandsWithinTheMillisecond_Ends()
    {
        var clock = new CreepingClock(new FakeTimeProvider());
        var (moment, looks) = (clock.GetUtcNow().AddTicks(9_999), 0);

        for (; moment - clock.GetUtcNow() is var left && left > TimeSpan.Zero; looks++)
            await Task.Delay(left, clock);

        Assert.Equal(9_998, looks);
    }
}
