using Fed.Tests.Embedded.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Fed.Tests.Embedded.Runtime;

/// <summary>All the runtime's clocks are the injected TimeProvider, so that a test can move them.</summary>
public sealed class FakeTimeTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly string _key = SiloFixture.NewKey();
    private TestSilo _silo = null!;

    public async Task InitializeAsync() => _silo = await TestSilo.StartAsync(silo =>
    {
        silo.Services.AddSingleton<TimeProvider>(_time);
        silo.Configure<GrainCollectionOptions>(options =>
        {
            options.CollectionQuantum = TimeSpan.FromMinutes(1);
            options.CollectionAge = TimeSpan.FromMinutes(10);
        });
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromMinutes(2));
    });

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    [Fact]
    public async Task Activation_IdleForItsAge_IsDeactivatedAndAYoungerOneIsNot()
    {
        var young = SiloFixture.NewKey();
        await _silo.Grains.GetGrain<ILifeGrain>(_key).Number();
        _time.Advance(TimeSpan.FromMinutes(6));
        await _silo.Grains.GetGrain<ILifeGrain>(young).Number();

        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal("ActivationIdle", await _silo.Signals.Wait($"{_key}:deactivated"));
        Assert.Equal(1, await _silo.Grains.GetGrain<ILifeGrain>(young).Number());
    }

    [Fact]
    public async Task Activation_Used_StartsToIdleAnew()
    {
        var grain = _silo.Grains.GetGrain<ILifeGrain>(_key);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(1, await grain.Number());
            _time.Advance(TimeSpan.FromMinutes(8));
        }
        Assert.False(_silo.Signals.IsSet($"{_key}:deactivated"));
    }

    [Fact]
    public async Task DelayDeactivation_KeepsAnIdleActivationForThatLong()
    {
        var grain = _silo.Grains.GetGrain<ILifeGrain>(_key);
        await grain.Delay(TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromMinutes(50));
        Assert.False(_silo.Signals.IsSet($"{_key}:deactivated"));

        _time.Advance(TimeSpan.FromMinutes(11));

        await _silo.Signals.Wait($"{_key}:deactivated");
    }

    [Fact]
    public async Task KeepAliveGrain_NeverIdlesAway_AndCollectionAgeLimitGivesAnAgeOfItsOwn()
    {
        await _silo.Grains.GetGrain<IKeptGrain>(_key).Touch();
        await _silo.Grains.GetGrain<IBriefGrain>(_key).Touch();

        _time.Advance(TimeSpan.FromMinutes(4));
        await _silo.Signals.Wait($"{_key}:BriefGrain");
        _time.Advance(TimeSpan.FromDays(2));

        Assert.False(_silo.Signals.IsSet($"{_key}:KeptGrain"));
    }

    [Fact]
    public async Task Call_WithoutAnswer_TimesOutAfterTheResponseTimeout()
    {
        var call = _silo.Grains.GetGrain<ISequentialGrain>(_key).Hold(_key);
        await _silo.Signals.Wait($"{_key}:in");
        _time.Advance(TimeSpan.FromSeconds(119));
        Assert.False(call.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(2));

        var error = await Assert.ThrowsAsync<TimeoutException>(() => call);
        Assert.Contains("00:02:00", error.Message, StringComparison.Ordinal);
        Assert.Contains("Hold", error.Message, StringComparison.Ordinal);
        _silo.Signals.Set($"{_key}:go");
    }

    [Fact]
    public async Task OnActivateAsync_BeyondTheActivationTimeout_RejectsTheCallerAndTheNextCallTriesAgain()
    {
        var grain = _silo.Grains.GetGrain<IFailingGrain>(_key);
        var call = grain.Ping();
        await _silo.Signals.Wait($"{_key}:starting");

        _time.Advance(TimeSpan.FromSeconds(31));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        _silo.Signals.Set($"{_key}:healed");
        _silo.Signals.Set($"{_key}:go");
        Assert.Equal("pong", await grain.Ping());
    }

    [Fact]
    public async Task Timer_TicksWhenItsTimeComesAndTheNextPeriodStartsAfterTheTick()
    {
        var grain = _silo.Grains.GetGrain<ITimerGrain>(_key);
        await grain.Start(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10), interleave: false);
        _time.Advance(TimeSpan.FromSeconds(29));
        await grain.StartBad();
        Assert.Equal(0, _silo.Signals.CountOf($"{_key}:tick"));

        _time.Advance(TimeSpan.FromSeconds(1));
        await _silo.Signals.Wait($"{_key}:tick#1");
        await grain.StartBad();
        _time.Advance(TimeSpan.FromSeconds(10));
        await _silo.Signals.Wait($"{_key}:tick#2");
    }
}
