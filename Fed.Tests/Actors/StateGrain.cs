using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Fed.Tests.Actors;

[GenerateSerializer, Alias("test.counter")]
public sealed class CounterState
{
    [Id(0)]
    public int Value { get; set; }

    [Id(1)]
    public List<string> Notes { get; set; } = [];
}

/// <summary>What the grain knows of its state.</summary>
[GenerateSerializer, Immutable, Alias("test.view")]
public sealed record StateView(
    [property: Id(0)] int Value,
    [property: Id(1)] string Notes,
    [property: Id(2)] bool RecordExists,
    [property: Id(3)] string? Etag,
    [property: Id(4)] int ValueAtActivation);

/// <summary>Keeps a counter.</summary>
[Alias("test.state")]
public interface IStateGrain : IGrainWithStringKey
{
    [Alias("Add")]
    Task Add(int amount, string note);

    /// <summary>Changes the state and does not write it.</summary>
    [Alias("Spoil")]
    Task Spoil();

    [Alias("View")]
    Task<StateView> View();

    [Alias("Reread")]
    Task Reread();

    [Alias("Clear")]
    Task Clear();
}

[Reentrant]
public sealed class StateGrain(
    [PersistentState("counter")] IPersistentState<CounterState> state,
    Signals signals) : Grain, IStateGrain
{
    private int _valueAtActivation;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _valueAtActivation = state.State.Value;
        signals.Count($"{this.GetPrimaryKeyString()}:activated");
        return Task.CompletedTask;
    }

    public Task Add(int amount, string note)
    {
        state.State.Value += amount;
        state.State.Notes.Add(note);
        return state.WriteStateAsync();
    }

    public Task Spoil()
    {
        state.State.Value = -1;
        return Task.CompletedTask;
    }

    public Task<StateView> View() => Task.FromResult(new StateView(
        state.State.Value, string.Join(",", state.State.Notes), state.RecordExists, state.Etag, _valueAtActivation));

    public Task Reread() => state.ReadStateAsync();

    public Task Clear() => state.ClearStateAsync();
}
