using Fed.Tests.Embedded.Grains;
using Fed.Tests.Embedded.Runtime;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Fed.Tests.Embedded;

/// <summary>Grain calls: arguments, results, exceptions, request context and cancellation.</summary>
[Collection(SiloCollection.Name)]
public sealed class CallTests(SiloFixture silo)
{
    private readonly string _key = SiloFixture.NewKey();

    private IEchoGrain Grain => silo.Grains.GetGrain<IEchoGrain>(_key);

    [Fact]
    public async Task Arguments_OfEveryKind_ArriveAndResultsReturn()
    {
        Assert.Equal("text", await Grain.Say("text"));
        Assert.Null(await Grain.Say(null));
        Assert.Equal(10, await Grain.Sum(1, 2, 7));
        Assert.Equal(3, await Grain.Sum(1, 2, null));
        await Grain.Nothing();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Exception_InAGrain_ReachesTheCallerIntact(bool afterAwait)
    {
        var error = await Assert.ThrowsAsync<RefusalException>(() => Grain.Throw(afterAwait));

        Assert.Equal("no, because", error.Message);
        Assert.Equal(42, error.Code);
        Assert.Equal("because", error.Data["why"]);
        Assert.Contains(nameof(EchoGrain.Throw), error.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exception_ThrownBeforeAnyTask_ReachesTheCaller()
    {
        var error = await Assert.ThrowsAsync<RefusalException>(async () => await Grain.ThrowValue());

        Assert.Equal(7, error.Code);
        Assert.Equal("still there", await Grain.Say("still there"));
    }

    [Fact]
    public async Task MutableArgument_ChangedByTheGrain_IsACopy()
    {
        var mine = new Mutable { Text = "mine", Numbers = [1] };
        mine.Self = mine;

        await Grain.Keep(mine);
        mine.Text = "changed later";
        var kept = await Grain.Kept();

        Assert.Equal([1], mine.Numbers);
        Assert.Equal("mine (kept)", kept.Text);
        Assert.Equal([1, 99], kept.Numbers);
        Assert.Same(kept, kept.Self);
    }

    [Fact]
    public async Task MutableResult_ChangedByTheCaller_IsACopy()
    {
        await Grain.Keep(new Mutable { Text = "a" });

        (await Grain.Kept()).Numbers.Clear();

        Assert.Equal([99], (await Grain.Kept()).Numbers);
    }

    [Fact]
    public async Task ImmutableArguments_ArePassedByReference()
    {
        int[] numbers = [1, 2, 3];

        Assert.True(await Grain.IsSame(new Frozen(numbers), numbers.AsImmutable()));
    }

    [Fact]
    public async Task RequestContext_FlowsThroughCallsAndNotBack()
    {
        RequestContext.Set("who", "caller");

        var direct = await Grain.Context("who", null);
        var nested = await Grain.Context("who", silo.Grains.GetGrain<IEchoGrain>(SiloFixture.NewKey()));

        Assert.Equal("caller", direct);
        Assert.Equal("caller, changed", nested);
        Assert.Equal("caller", RequestContext.Get("who"));
        RequestContext.Clear();
        Assert.Null(await Grain.Context("who", null));
    }

    [Fact]
    public async Task ResponseTimeout_OfAMethod_EndsTheWaitButNotTheCall()
    {
        var call = Grain.Slow();

        await Assert.ThrowsAsync<TimeoutException>(() => call);

        Assert.False(silo.Signals.IsSet($"{_key}:done"));
        silo.Signals.Set($"{_key}:go");
        await silo.Signals.Wait($"{_key}:done");
    }

    [Fact]
    public async Task Call_ThatTimedOutWhileItWaited_IsNotRun()
    {
        var (running, waiting) = (Grain.Slow(), Grain.Slow());
        await Assert.ThrowsAsync<TimeoutException>(() => running);
        await Assert.ThrowsAsync<TimeoutException>(() => waiting);

        silo.Signals.Set($"{_key}:go");
        await Grain.Nothing();

        Assert.Equal(1, silo.Signals.CountOf($"{_key}:slow"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OneWayMethod_ReturnsBeforeItRunsAndNeverFails(bool fail)
    {
        await Grain.Notify(fail);

        Assert.False(silo.Signals.IsSet($"{_key}:notified"));
        silo.Signals.Set($"{_key}:go");
        await silo.Signals.Wait($"{_key}:notified");
    }

    [Fact]
    public async Task CancellationToken_OfTheCaller_CancelsTheCalleeInItsTurn()
    {
        using var cancellation = new CancellationTokenSource();
        var call = Grain.Cancellable(_key, cancellation.Token);
        await silo.Signals.Wait($"{_key}:in");

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(bool.TrueString, await silo.Signals.Wait($"{_key}:cancelled"));
    }

    [Fact]
    public async Task CancellationToken_CancelledBefore_RefusesTheCall()
    {
        var token = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Grain.Cancellable(_key, token));
    }
}
