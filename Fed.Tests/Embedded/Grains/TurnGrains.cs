using Fed.Tests.Embedded.Runtime;
using Orleans;
using Orleans.Concurrency;
using Orleans.Serialization.Invocation;

namespace Fed.Tests.Embedded.Grains;

/// <summary>Methods that stop at an await until told to go on, to see what runs meanwhile.</summary>
public interface ITurnGrain : IGrainWithStringKey
{
    /// <summary>Sets <c>name:in</c>, waits for <c>name:go</c>.</summary>
    [Alias("Hold")]
    Task Hold(string name);

    [Alias("Quick")]
    Task Quick(string name);

    [Alias("HoldReadOnly"), ReadOnly]
    Task HoldReadOnly(string name);

    [Alias("QuickReadOnly"), ReadOnly]
    Task QuickReadOnly(string name);

    [Alias("QuickInterleaved"), AlwaysInterleave]
    Task QuickInterleaved(string name);

    /// <summary>
    /// Adds one in two steps with an await between; wrong if another turn runs in the middle of a step.
    /// </summary>
    [Alias("Increment")]
    Task Increment();

    [Alias("Total")]
    Task<(int Total, bool Overlapped)> Total();

    /// <summary>Whether awaits come back to the scheduler of the turn, and <c>Task.Run</c> leaves it.</summary>
    [Alias("StaysOnScheduler")]
    Task<(bool Stays, bool RunLeaves)> StaysOnScheduler();
}

public abstract class TurnGrainBase(Signals signals) : Grain
{
    private int _total;
    private int _inside;
    private bool _overlapped;

    public async Task Hold(string name)
    {
        signals.Set($"{name}:in");
        await signals.Wait($"{name}:go");
    }

    public Task Quick(string name)
    {
        signals.Set($"{name}:in");
        return Task.CompletedTask;
    }

    public Task HoldReadOnly(string name) => Hold(name);

    public Task QuickReadOnly(string name) => Quick(name);

    public Task QuickInterleaved(string name) => Quick(name);

    public async Task Increment()
    {
        for (var i = 0; i < 10; i++)
        {
            _overlapped |= Interlocked.Increment(ref _inside) != 1;
            var before = _total;
            Thread.SpinWait(50);
            _total = before + 1;
            Interlocked.Decrement(ref _inside);
            await Task.Yield();
        }
    }

    public Task<(int Total, bool Overlapped)> Total() => Task.FromResult((_total, _overlapped));

    public async Task<(bool Stays, bool RunLeaves)> StaysOnScheduler()
    {
        var before = TaskScheduler.Current;
        await Task.Yield();
        var afterYield = TaskScheduler.Current;
        var inRun = await Task.Run(() => TaskScheduler.Current);
        return (before == afterYield && before == TaskScheduler.Current && before != TaskScheduler.Default,
            inRun != before);
    }
}

[Alias("test.sequential")]
public interface ISequentialGrain : ITurnGrain;

public sealed class SequentialGrain(Signals signals) : TurnGrainBase(signals), ISequentialGrain;

[Alias("test.interleaving")]
public interface IInterleavingGrain : ITurnGrain;

[Reentrant]
public sealed class InterleavingGrain(Signals signals) : TurnGrainBase(signals), IInterleavingGrain;

/// <summary>Interleaves only calls whose argument says so.</summary>
[Alias("test.choosing")]
public interface IChoosingGrain : ITurnGrain;

[MayInterleave(nameof(ArgumentSaysSo))]
public sealed class ChoosingGrain(Signals signals) : TurnGrainBase(signals), IChoosingGrain
{
    public static bool ArgumentSaysSo(IInvokable request) =>
        request.GetArgumentCount() > 0 && request.GetArgument(0) is string name
        && name.EndsWith("-interleave", StringComparison.Ordinal);
}
