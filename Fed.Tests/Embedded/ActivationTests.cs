using Fed.Tests.Embedded.Grains;
using Fed.Tests.Embedded.Runtime;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Fed.Tests.Embedded;

/// <summary>Virtual actors: a grain always exists, is activated by its first call, and at most once.</summary>
[Collection(SiloCollection.Name)]
public sealed class ActivationTests(SiloFixture silo)
{
    [Fact]
    public void Grain_OnlyReferred_IsNotActivated()
    {
        var key = SiloFixture.NewKey();

        var grain = silo.Grains.GetGrain<ILifeGrain>(key);

        Assert.Equal(key, grain.GetPrimaryKeyString());
        Assert.Equal(0, silo.Signals.CountOf($"{key}:activated"));
    }

    [Fact]
    public async Task Grain_CalledConcurrentlyAtFirst_IsActivatedOnce()
    {
        var key = SiloFixture.NewKey();

        var numbers = await Task.WhenAll(Enumerable.Range(0, 100)
            .Select(_ => Task.Run(() => silo.Grains.GetGrain<ILifeGrain>(key).Number())));

        Assert.All(numbers, number => Assert.Equal(1, number));
        Assert.Equal(1, silo.Signals.CountOf($"{key}:activated"));
    }

    [Fact]
    public async Task Grains_OfOtherKeys_HaveTheirOwnActivations()
    {
        var (one, two) = (SiloFixture.NewKey(), SiloFixture.NewKey() + "/with slash");

        Assert.Equal(one, await silo.Grains.GetGrain<ILifeGrain>(one).Key());
        Assert.Equal(two, await silo.Grains.GetGrain<ILifeGrain>(two).Key());
    }

    [Fact]
    public void GetGrain_WithoutKey_Refuses()
    {
        Assert.ThrowsAny<ArgumentException>(() => silo.Grains.GetGrain<ILifeGrain>((string)null!));
        Assert.ThrowsAny<ArgumentException>(() => silo.Grains.GetGrain<ILifeGrain>(" "));
    }

    [Fact]
    public async Task GrainFactory_OutsideATurn_Refuses()
    {
        var grain = silo.Grains.GetGrain<ILifeGrain>(SiloFixture.NewKey());

        await Assert.ThrowsAsync<InvalidOperationException>(grain.LeaveTheTurn);
    }

    [Fact]
    public async Task DeactivateOnIdle_Called_EndsAfterTheCallAndTheNextActivatesAnew()
    {
        var key = SiloFixture.NewKey();
        var grain = silo.Grains.GetGrain<ILifeGrain>(key);

        await grain.End();
        var number = await grain.Number();

        Assert.Equal("ApplicationRequested", await silo.Signals.Wait($"{key}:deactivated"));
        await silo.Signals.Wait($"{key}:disposed");
        Assert.Equal(2, number);
    }

    [Fact]
    public async Task CallsThatWait_WhenTheGrainDeactivates_GoToTheNewActivation()
    {
        var key = SiloFixture.NewKey();
        var grain = silo.Grains.GetGrain<ILifeGrain>(key);
        var ending = grain.EndAfterSignal();
        await silo.Signals.Wait($"{key}:ending");

        var waiting = Enumerable.Range(0, 10).Select(_ => grain.Number()).ToArray();
        silo.Signals.Set($"{key}:go");
        await ending;

        Assert.All(await Task.WhenAll(waiting), number => Assert.Equal(2, number));
    }

    [Fact]
    public async Task OnActivateAsync_Throwing_RejectsAllCallersWithItsException()
    {
        var key = SiloFixture.NewKey();
        var grain = silo.Grains.GetGrain<IFailingGrain>(key);

        var calls = Enumerable.Range(0, 5).Select(_ => grain.Ping()).ToArray();
        silo.Signals.Set($"{key}:go");

        foreach (var call in calls)
        {
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => call);
            Assert.Equal($"{key} does not start", error.Message);
        }
    }

    [Fact]
    public async Task OnActivateAsync_Throwing_RemovesTheActivationSoThatTheNextCallTriesAgain()
    {
        var key = SiloFixture.NewKey();
        var grain = silo.Grains.GetGrain<IFailingGrain>(key);
        silo.Signals.Set($"{key}:go");
        await Assert.ThrowsAsync<InvalidOperationException>(() => grain.Ping());

        silo.Signals.Set($"{key}:healed");
        Assert.Equal("pong", await grain.Ping());
        Assert.Equal(0, silo.Signals.CountOf($"{key}:deactivated"));
    }

    [Fact]
    public async Task Constructor_Throwing_RejectsTheCaller()
    {
        var grain = silo.Grains.GetGrain<IUnconstructibleGrain>(SiloFixture.NewKey());

        var error = await Assert.ThrowsAnyAsync<Exception>(() => grain.Ping());

        Assert.Contains("cannot be made", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Activation_IdleForItsCollectionAge_IsDeactivated()
    {
        await using var own = await TestSilo.StartAsync(builder => builder.Configure<GrainCollectionOptions>(options =>
        {
            options.CollectionQuantum = TimeSpan.FromMilliseconds(100);
            options.CollectionAge = TimeSpan.FromMilliseconds(500);
        }));
        var key = SiloFixture.NewKey();
        var grain = own.Grains.GetGrain<ILifeGrain>(key);
        await grain.Number();

        Assert.Equal("ActivationIdle", await own.Signals.Wait($"{key}:deactivated"));
        Assert.Equal(2, await grain.Number());
    }

    [Fact]
    public async Task Silo_Stopping_DeactivatesEveryGrain()
    {
        await using var own = await TestSilo.StartAsync();
        var keys = Enumerable.Range(0, 20).Select(_ => SiloFixture.NewKey()).ToArray();
        await Task.WhenAll(keys.Select(key => own.Grains.GetGrain<ILifeGrain>(key).Number()));
        var signals = own.Signals;

        await own.StopAsync();

        foreach (var key in keys)
        {
            Assert.Equal("ShuttingDown", await signals.Wait($"{key}:deactivated"));
        }
    }
}
