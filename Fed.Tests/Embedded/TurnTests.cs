using Fed.Tests.Embedded.Grains;
using Fed.Tests.Embedded.Runtime;

namespace Fed.Tests.Embedded;

/// <summary>
/// Request scheduling: single-threaded turns, one request at a time unless an attribute says otherwise.
/// </summary>
[Collection(SiloCollection.Name)]
public sealed class TurnTests(SiloFixture silo)
{
    private readonly string _key = SiloFixture.NewKey();

    private Signals Signals => silo.Signals;

    [Fact]
    public async Task NonReentrantGrain_CallDuringAnAwait_WaitsForTheFirst()
    {
        var grain = silo.Grains.GetGrain<ISequentialGrain>(_key);
        var first = grain.Hold($"{_key}1");
        await Signals.Wait($"{_key}1:in");

        var second = grain.Quick($"{_key}2");
        // An interleaving call sent later does come through: the second has had its chance and was held back.
        await grain.QuickInterleaved($"{_key}3");
        Assert.False(Signals.IsSet($"{_key}2:in"));
        Assert.False(second.IsCompleted);

        Signals.Set($"{_key}1:go");
        await Task.WhenAll(first, second);
        Assert.True(Signals.IsSet($"{_key}2:in"));
    }

    [Fact]
    public async Task NonReentrantGrain_ManyCallsThatYield_RunEachOnceAndOneByOne()
    {
        var grain = silo.Grains.GetGrain<IRecordingGrain>(_key);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(grain.Add));

        // Orleans promises no order of arrival.
        var pairs = await grain.All();
        Assert.Equal(Enumerable.Range(0, 200), pairs.Where((_, i) => i % 2 == 0).Order());
        Assert.All(pairs.Chunk(2), pair => Assert.Equal(pair[0], pair[1]));
    }

    [Fact]
    public async Task ReentrantGrain_CallDuringAnAwait_Interleaves()
    {
        var grain = silo.Grains.GetGrain<IInterleavingGrain>(_key);
        var first = grain.Hold($"{_key}1");
        await Signals.Wait($"{_key}1:in");

        await grain.Quick($"{_key}2");

        Assert.False(first.IsCompleted);
        Signals.Set($"{_key}1:go");
        await first;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Grain_CalledFromManyThreads_NeverRunsTwoTurnsAtOnce(bool reentrant)
    {
        ITurnGrain grain = reentrant
            ? silo.Grains.GetGrain<IInterleavingGrain>(_key)
            : silo.Grains.GetGrain<ISequentialGrain>(_key);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(grain.Increment)));

        Assert.Equal((2000, false), await grain.Total());
    }

    [Fact]
    public async Task AlwaysInterleaveMethod_DuringAnotherCall_Interleaves()
    {
        var grain = silo.Grains.GetGrain<ISequentialGrain>(_key);
        var first = grain.Hold($"{_key}1");
        await Signals.Wait($"{_key}1:in");

        await grain.QuickInterleaved($"{_key}2");

        Assert.False(first.IsCompleted);
        Signals.Set($"{_key}1:go");
        await first;
    }

    [Fact]
    public async Task ReadOnlyMethod_DuringAReadOnlyCall_Interleaves()
    {
        var grain = silo.Grains.GetGrain<ISequentialGrain>(_key);
        var first = grain.HoldReadOnly($"{_key}1");
        await Signals.Wait($"{_key}1:in");

        await grain.QuickReadOnly($"{_key}2");

        Assert.False(first.IsCompleted);
        Signals.Set($"{_key}1:go");
        await first;
    }

    [Fact]
    public async Task ReadOnlyMethod_DuringAnOrdinaryCall_Waits()
    {
        var grain = silo.Grains.GetGrain<ISequentialGrain>(_key);
        var first = grain.Hold($"{_key}1");
        await Signals.Wait($"{_key}1:in");

        var second = grain.QuickReadOnly($"{_key}2");
        await grain.QuickInterleaved($"{_key}3");

        Assert.False(Signals.IsSet($"{_key}2:in"));
        Signals.Set($"{_key}1:go");
        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task MayInterleavePredicate_SaysWhichCallsInterleave()
    {
        var grain = silo.Grains.GetGrain<IChoosingGrain>(_key);
        var first = grain.Hold($"{_key}1");
        await Signals.Wait($"{_key}1:in");

        var held = grain.Quick($"{_key}2");
        await grain.Quick($"{_key}3-interleave");

        Assert.False(Signals.IsSet($"{_key}2:in"));
        Signals.Set($"{_key}1:go");
        await Task.WhenAll(first, held);
    }

    [Fact]
    public async Task Await_InAGrain_ComesBackToTheGrainsScheduler()
    {
        var (stays, runLeaves) = await silo.Grains.GetGrain<ISequentialGrain>(_key).StaysOnScheduler();

        Assert.True(stays);
        Assert.True(runLeaves);
    }
}
