namespace Fed.Simulation.Engine;

/// <summary>
/// Virtual time: what happens next is the earliest event, and its action runs on this thread to its end. Everything of
/// a simulation goes through here, so that a seed decides the order of all of it.
/// </summary>
internal sealed class EventQueue(int seed)
{
    private readonly PriorityQueue<(string Label, Action Action), (long Time, long Number)> _events = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private long _number;
    private string? _escape;

    public Random Random { get; } = new(seed);

    public EventTrace Trace { get; } = new();

    /// <summary>Ticks of 100 ns since the start.</summary>
    public long Now { get; private set; }

    /// <summary>Events so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Whose turn it is; null between turns.</summary>
    public TurnScheduler? Running { get; set; }

    /// <summary>Where something came from that ran on another thread; null if nothing did.</summary>
    public string? Escape => Volatile.Read(ref _escape);

    /// <summary>False also notes where it was asked: that code ran outside the simulation.</summary>
    public bool IsMine()
    {
        if (Environment.CurrentManagedThreadId == _thread)
            return true;
        Interlocked.CompareExchange(ref _escape, Environment.StackTrace, null);
        return false;
    }

    public void After(TimeSpan delay, string label, Action action)
    {
        if (IsMine())
            _events.Enqueue((label, action), (Now + delay.Ticks, _number++));
    }

    /// <summary>To be awaited in a turn: it goes on in a later turn of the same scheduler.</summary>
    public Task Delay(TimeSpan delay, string label)
    {
        var over = new TaskCompletionSource();
        After(delay, label, over.SetResult);
        return over.Task;
    }

    /// <summary>Runs the next event; false when there is none.</summary>
    public bool Step()
    {
        if (!_events.TryDequeue(out var next, out var at))
            return false;
        Now = at.Time;
        Steps++;
        Trace.Add(Now, next.Label);
        next.Action();
        return true;
    }

    public bool Chance(double probability) => probability > 0 && Random.NextDouble() < probability;

    public TimeSpan Between(TimeSpan least, TimeSpan most) => least + (most - least) * Random.NextDouble();

    public TimeSpan UpTo(TimeSpan most) => most * Random.NextDouble();
}
