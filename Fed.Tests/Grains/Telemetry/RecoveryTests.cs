using System.Net;
using Fed.Grains.Telemetry;
using Orleans;
using Orleans.Runtime;

namespace Fed.Tests.Grains.Telemetry;

public sealed class RecoveryTests
{
    private static readonly SiloAddress Silo = SiloAddress.New(IPAddress.Loopback, 11111, 1);

    private static readonly DateTime Alive = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void LastAlive_OfASiloThatTheTableDoesNotHave_IsNotKnown() => Assert.Null(Recovery.LastAlive(null));

    [Fact]
    public void LastAlive_OfOneThatRuns_IsNone() => Assert.Null(Recovery.LastAlive(Entry(SiloStatus.Active)));

    [Theory]
    [InlineData(SiloStatus.ShuttingDown)]
    [InlineData(SiloStatus.Dead)]
    public void LastAlive_OfOneThatIsGone_IsWhenItSaidSoLast(SiloStatus status) => Assert.Equal(
        new DateTimeOffset(Alive), Recovery.LastAlive(Entry(status)));

    private static MembershipEntry Entry(SiloStatus status) => new()
    {
        SiloAddress = Silo,
        Status = status,
        IAmAliveTime = Alive,
    };
}
