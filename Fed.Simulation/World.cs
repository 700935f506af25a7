namespace Fed.Simulation;

/// <summary>
/// One thread, virtual time and an order of events that a seed decides: everything that is awaited comes back through
/// this queue. The same seed gives the same history, in any process.
/// </summary>
internal sealed class World(int seed) : SynchronizationContext
{
    /// <summary>A hundred times what a federation needs.</summary>
    private const int MostEvents = 2_000_000;

    private readonly PriorityQueue<Action, (long Tick, long Order)> _events = new();
    private readonly List<string> _trace = [];
    private long _order;

    public Random Random { get; } = new(seed);

    public DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Whether things go wrong; switched off towards the end, so that all must come to its end.</summary>
    public bool Faulty { get; set; } = true;

    /// <summary>What happened, oldest first.</summary>
    public IReadOnlyList<string> Trace => _trace;

    public void Note(string what) => _trace.Add($"{(Now - DateTimeOffset.UnixEpoch).TotalSeconds % 1e6:0.000} {what}");

    /// <summary>One time in so many, while things go wrong.</summary>
    public bool Chance(int of) => Faulty && Random.Next(of) == 0;

    public override void Post(SendOrPostCallback d, object? state) => At(TimeSpan.Zero, () => d(state));

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("nothing here waits for another thread");

    public void At(TimeSpan after, Action what) => _events.Enqueue(what, ((Now + after).UtcTicks, _order++));

    /// <summary>Comes back after up to so long; never, when what waits has died meanwhile.</summary>
    public Task Pause(Life life, double mostSeconds = 0.05)
    {
        var done = new TaskCompletionSource();
        // Now and then something takes much longer than usual.
        var seconds = Random.NextDouble() * (Chance(50) ? 20 * mostSeconds : mostSeconds);
        At(TimeSpan.FromSeconds(seconds), () =>
        {
            if (life.IsAlive)
                done.SetResult();
        });
        return done.Task;
    }

    /// <summary>
    /// A call of another actor: late, or lost before or after it took effect. Comes back only to a caller that lives.
    /// </summary>
    /// <exception cref="TimeoutException">No answer came.</exception>
    public async Task<T> Call<T>(Life caller, Func<Task<T>> target)
    {
        await Pause(caller);
        var answer = new TaskCompletionSource<T>();
        if (!Chance(40))
            _ = AnswerAsync(target, answer);
        At(TimeSpan.FromSeconds(10), () => answer.TrySetException(new TimeoutException("no answer")));
        try
        {
            return await answer.Task;
        }
        finally
        {
            if (!caller.IsAlive)
                await new TaskCompletionSource().Task;
        }
    }

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
                if (events == MostEvents || !_events.TryDequeue(out var what, out var at) || at.Tick > end.UtcTicks)
                    return false;
                Now = new DateTimeOffset(at.Tick, TimeSpan.Zero);
                what();
            }

            return true;
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    private async Task AnswerAsync<T>(Func<Task<T>> target, TaskCompletionSource<T> answer)
    {
        try
        {
            var result = await target();
            await Pause(Life.Eternal);
            if (!Chance(40))
                answer.TrySetResult(result);
        }
#pragma warning disable CA1031 // Whatever an actor throws is what its caller gets.
        catch (Exception error)
#pragma warning restore CA1031
        {
            answer.TrySetException(error);
        }
    }
}

/// <summary>Of a process, or of an activation in one: what is awaited on behalf of a dead one never comes back.</summary>
internal sealed class Life(Life? of = null)
{
    private bool _ended;

    public static Life Eternal { get; } = new();

    public bool IsAlive => !_ended && of is not { IsAlive: false };

    public void End() => _ended = true;
}
