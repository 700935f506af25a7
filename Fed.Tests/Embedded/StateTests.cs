using Fed.Tests.Embedded.Grains;
using Fed.Tests.Embedded.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Storage;

namespace Fed.Tests.Embedded;

/// <summary>Grain persistence: named state, read before activation, written with ETags.</summary>
[Collection(SiloCollection.Name)]
public sealed class StateTests(SiloFixture silo)
{
    private readonly string _key = SiloFixture.NewKey();

    private IStateGrain Grain => silo.Grains.GetGrain<IStateGrain>(_key);

    [Fact]
    public async Task State_NeverWritten_IsNewAndHasNoRecord()
    {
        var view = await Grain.View();

        Assert.Equal(new StateView(0, "", false, null, 0), view);
    }

    [Fact]
    public async Task State_Written_HasARecordAndAnEtagThatChanges()
    {
        await Grain.Add(1, "a");
        var first = await Grain.View();
        await Grain.Add(1, "b");
        var second = await Grain.View();

        Assert.True(first.RecordExists);
        Assert.NotNull(first.Etag);
        Assert.NotEqual(first.Etag, second.Etag);
    }

    [Fact]
    public async Task State_Written_IsThereBeforeTheNextActivationActivates()
    {
        await Grain.Add(5, "a");
        await Grain.Add(2, "b");
        await Grain.End();

        var view = await Grain.View();

        Assert.Equal((7, "a,b", true, 7), (view.Value, view.Notes, view.RecordExists, view.ValueAtActivation));
        Assert.Equal(2, silo.Signals.CountOf($"{_key}:activated"));
    }

    [Fact]
    public async Task State_ChangedAndNotWritten_IsLostByReadingAgain()
    {
        await Grain.Add(5, "a");
        await Grain.Spoil();

        await Grain.Reread();

        Assert.Equal(5, (await Grain.View()).Value);
    }

    [Fact]
    public async Task State_Cleared_IsNewAgainAndCanBeWritten()
    {
        await Grain.Add(5, "a");
        await Grain.Clear();
        var cleared = await Grain.View();
        await Grain.Add(1, "b");
        await Grain.End();
        var written = await Grain.View();

        Assert.Equal((0, "", false), (cleared.Value, cleared.Notes, cleared.RecordExists));
        Assert.Equal((1, "b", true), (written.Value, written.Notes, written.RecordExists));
    }

    [Fact]
    public async Task State_WrittenByInterleavedCalls_KeepsThemAll()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Grain.Add(1, "x")));
        await Grain.End();

        Assert.Equal(50, (await Grain.View()).Value);
    }

    [Fact]
    public async Task State_UsedOutsideTheGrainsTurn_IsRefused()
    {
        Assert.Equal(nameof(InvalidOperationException), await Grain.UseOutsideTurn());
    }

    [Fact]
    public async Task State_WrittenBehindTheGrain_GivesInconsistentStateAndANewActivation()
    {
        await Grain.Add(1, "a");
        var storage = silo.Silo.Services.GetRequiredKeyedService<IGrainStorage>("Default");
        var behind = new GrainState<CounterState>(new CounterState());
        await storage.ReadStateAsync("counter", Grain.GetGrainId(), behind);
        behind.State!.Value = 100;
        await storage.WriteStateAsync("counter", Grain.GetGrainId(), behind);

        await Assert.ThrowsAsync<InconsistentStateException>(() => Grain.Add(1, "b"));
        await Grain.Add(1, "c");

        Assert.Equal(101, (await Grain.View()).Value);
        Assert.Equal(2, silo.Signals.CountOf($"{_key}:activated"));
    }

    [Fact]
    public async Task State_InStorageThatIsNotRegistered_FailsTheActivationNamingIt()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(
            () => silo.Grains.GetGrain<IStoragelessGrain>(_key).Ping());

        Assert.Contains("no such storage", error.ToString(), StringComparison.Ordinal);
    }
}
