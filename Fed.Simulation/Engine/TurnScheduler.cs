using Fed.Embedded.Activations;
using Orleans.Runtime;

namespace Fed.Simulation.Engine;

/// <summary>
/// Runs the tasks of one activation, or of somebody outside, in their order, one an event. When its process has died
/// they never run.
/// </summary>
/// <param name="name">In the trace.</param>
/// <param name="pause">Time from one turn to the next.</param>
internal sealed class TurnScheduler(
    EventQueue events, string name, Func<bool> isAlive, Func<TimeSpan> pause, Activation? activation = null)
    : TaskScheduler
{
    private readonly Queue<Task> _tasks = new();
    private bool _scheduled;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Starts something outside any grain.</summary>
    public void Run(Func<Task> work) =>
        _ = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, this);

    protected override void QueueTask(Task task)
    {
        if (!events.IsMine() || !isAlive())
            return;
        _tasks.Enqueue(task);
        if (_scheduled)
            return;
        _scheduled = true;
        events.After(pause(), name, Turn);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && events.IsMine() && events.Running == this && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => _tasks.ToArray();

    private void Turn()
    {
        if (!isAlive())
            return;
        var outer = RuntimeContext.CurrentActivation;
        RuntimeContext.CurrentActivation = activation;
        events.Running = this;
        try
        {
            TryExecuteTask(_tasks.Dequeue());
        }
        finally
        {
            events.Running = null;
            RuntimeContext.CurrentActivation = outer;
        }

        _scheduled = _tasks.Count > 0;
        if (_scheduled)
            events.After(pause(), name, Turn);
    }
}
