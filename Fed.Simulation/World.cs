using System.Runtime.CompilerServices;

namespace Fed.Simulation;

/// <summary>
/// One thread, virtual time and an order of events that a seed decides: everything that is awaited comes back through
/// this queue. The same seed gives the same history, in any process.
/// </summary>
internal sealed class World(int seed) : SynchronizationContext
{
    /// <summary>A hundred times what a federation needs.</summary>
    private const int MostEvents = 2_000_000;

    private readonly PriorityQueue<(Life Of, Action What), (long Tick, long Order)> _events = new();
    private readonly List<(DateTimeOffset At, FormattableString What)> _trace = [];
    private long _order;

    public Random Random { get; } = new(seed);

    public DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Whether things go wrong; switched off towards the end, so that all must come to its end.</summary>
    public bool Faulty { get; set; } = true;

    /// <summary>What happened, oldest first; put into words when it is read, which it is of few seeds.</summary>
    public IEnumerable<string> Trace => _trace.Select(note => FormattableString.Invariant(
        $"{(note.At - DateTimeOffset.UnixEpoch).TotalSeconds % 1e6:0.000} {note.What}"));

    /// <param name="what">Holds nothing that changes.</param>
    public void Note(FormattableString what) => _trace.Add((Now, what));

    /// <summary>One time in so many, while things go wrong.</summary>
    public bool Chance(int of) => Faulty && Random.Next(of) == 0;

    public override void Post(SendOrPostCallback d, object? state) => At(TimeSpan.Zero, () => d(state));

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("nothing here waits for another thread");

    public void At(TimeSpan after, Action what) => At(after, Life.Eternal, what);

    /// <summary>Happens if that one lives then.</summary>
    public void At(TimeSpan after, Life of, Action what) =>
        _events.Enqueue((of, what), ((Now + after).UtcTicks, _order++));

    /// <summary>Comes back after up to so long; never, when what waits has died meanwhile.</summary>
    public Pause Pause(Life life, double mostSeconds = 0.05)
    {
        // Now and then something takes much longer than usual.
        var seconds = Random.NextDouble() * (Chance(50) ? 20 * mostSeconds : mostSeconds);
        return new Pause(this, life, TimeSpan.FromSeconds(seconds));
    }

    /// <summary>
    /// A call of another actor: late, or lost before or after it took effect. Comes back only to a caller that lives.
    /// </summary>
    /// <exception cref="TimeoutException">No answer came.</exception>
    public Task<T> Call<T>(Life caller, Func<Task<T>> target) => AskAsync(caller, target).Unwrap();

    /// <summary>Runs events until the condition holds.</summary>
    /// <returns>
    /// False when there is nothing more to happen, when it takes longer than that in virtual time, or when it goes round
    /// in circles.
    /// </returns>
    public bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        var end = Now + limit;
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            for (var events = 0; !condition(); events++)
            {
                if (events == MostEvents || !_events.TryDequeue(out var due, out var at) || at.Tick > end.UtcTicks)
                    return false;
                Now = new DateTimeOffset(at.Tick, TimeSpan.Zero);
                if (due.Of.IsAlive)
                    due.What();
            }

            return true;
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    private async Task<Task<T>> AskAsync<T>(Life caller, Func<Task<T>> target)
    {
        await Pause(caller);
        var answer = new TaskCompletionSource<T>();
        if (!Chance(40))
            _ = AnswerAsync(target(), answer);
        At(TimeSpan.FromSeconds(10), () =>
        {
            if (!answer.Task.IsCompleted)
                answer.SetException(new TimeoutException("no answer"));
        });
        await answer.Task.End();
        if (!caller.IsAlive)
            await new TaskCompletionSource().Task;
        return answer.Task;
    }

    /// <summary>Whatever an actor throws is what its caller gets.</summary>
    private async Task AnswerAsync<T>(Task<T> call, TaskCompletionSource<T> answer)
    {
        await call.End();
        if (call.Exception is { } failure)
        {
            answer.TrySetException(failure.InnerExceptions);
            return;
        }

        await Pause(Life.Eternal);
        if (!Chance(40))
            answer.TrySetResult(await call);
    }
}

/// <summary>
/// Is awaited at once, and comes back through the queue of the world; never, when what waits has died meanwhile. It is
/// most of what a simulation does: no task, and nothing on the heap.
/// </summary>
internal readonly struct Pause(World world, Life life, TimeSpan length) : ICriticalNotifyCompletion
{
    public bool IsCompleted => false;

    public Pause GetAwaiter() => this;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) => world.At(length, life, continuation);
}

internal static class TaskEnd
{
    /// <summary>
    /// Waits for the end, whatever it is: what fails is thrown where it is handled, and not at each call on its way
    /// there.
    /// </summary>
    public static ConfiguredTaskAwaitable End(this Task task) => task.ConfigureAwait(
        ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
}

/// <summary>Of a process, or of an activation in one: what is awaited on behalf of a dead one never comes back.</summary>
internal sealed class Life(Life? of = null)
{
    private bool _ended;

    public static Life Eternal { get; } = new();

    public bool IsAlive => !_ended && of is not { IsAlive: false };

    public void End() => _ended = true;
}
