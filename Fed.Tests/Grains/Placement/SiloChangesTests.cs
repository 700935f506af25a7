using System.Net;
using Fed.Grains.Placement;
using Orleans.Runtime;

namespace Fed.Tests.Grains.Placement;

public sealed class SiloChangesTests
{
    private static readonly SiloAddress[] s_one = [Silo(1)];
    private static readonly SiloAddress[] s_two = [Silo(1), Silo(2)];

    private readonly SiloChanges _changes = new();

    [Fact]
    public void Look_WithoutWork_ActsOnceWhenTheSilosHaveStayedTheSame()
    {
        Assert.False(_changes.Look(s_one, isBusy: false));
        Assert.True(_changes.Look(s_one, isBusy: false));
        Assert.False(_changes.Look(s_one, isBusy: false));

        Assert.False(_changes.Look(s_two, isBusy: false));
        Assert.True(_changes.Look(s_two, isBusy: false));
    }

    [Fact]
    public void Look_WithWorkThatEnds_ActsAfterwards()
    {
        Assert.False(_changes.Look(s_two, isBusy: true));
        Assert.False(_changes.Look(s_two, isBusy: true));
        Assert.True(_changes.Look(s_two, isBusy: false));
    }

    [Fact]
    public void Look_WithWorkThatNeverEnds_ActsAfterAFewLooks()
    {
        Assert.False(_changes.Look(s_two, isBusy: true));
        for (var look = 0; look < SiloChanges.PatientLooks; look++)
            Assert.False(_changes.Look(s_two, isBusy: true));
        Assert.True(_changes.Look(s_two, isBusy: true));
        Assert.False(_changes.Look(s_two, isBusy: true));
    }

    [Fact]
    public void Look_AtSilosThatComeAndGo_DoesNotAct()
    {
        for (var restart = 0; restart < 4; restart++)
        {
            Assert.False(_changes.Look(s_one, isBusy: true));
            Assert.False(_changes.Look(s_two, isBusy: false));
        }
    }

    private static SiloAddress Silo(int number) => SiloAddress.New(IPAddress.Loopback, 11111, number);
}
