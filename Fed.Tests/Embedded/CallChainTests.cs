using Fed.Tests.Embedded.Grains;
using Fed.Tests.Embedded.Runtime;
using Orleans;

namespace Fed.Tests.Embedded;

/// <summary>Call-chain reentrancy: off unless a grain allows it; a cycle of calls then ends by timeout.</summary>
[Collection(SiloCollection.Name)]
public sealed class CallChainTests(SiloFixture silo)
{
    private readonly string _key = SiloFixture.NewKey();

    [Fact]
    public async Task CallCycle_ThroughANonReentrantGrain_EndsByTimeout()
    {
        var (one, two) = Pair();

        await Assert.ThrowsAsync<TimeoutException>(() => one.Around(two, allowReentrancy: false));
    }

    [Fact]
    public async Task AllowCallChainReentrancy_LetsTheCallComeBack()
    {
        var (one, two) = Pair();

        Assert.Equal(_key, await one.Around(two, allowReentrancy: true));
    }

    [Fact]
    public async Task AsReference_OfThis_IsAReferenceThatCallsTheSameGrain()
    {
        var (one, _) = Pair();

        var self = await one.Self();

        Assert.Equal(_key, await self.Name());
        Assert.Equal(one.GetGrainId(), self.GetGrainId());
        Assert.Equal(one, self);
    }

    private (IChainGrain One, IChainGrain Two) Pair() =>
        (silo.Grains.GetGrain<IChainGrain>(_key), silo.Grains.GetGrain<IChainGrain>(SiloFixture.NewKey()));
}
