using System.Diagnostics;
using Orleans.Runtime;

namespace Fed.Embedded.Activations;

/// <summary>
/// Runs an activation's tasks one after the other, on whichever pool thread. Every await in grain code comes back
/// through here, so no two turns of one activation run at once.
/// </summary>
internal sealed class ActivationScheduler(Activation activation) : TaskScheduler, IThreadPoolWorkItem
{
    /// <summary>How long one activation may hold a pool thread before others get it.</summary>
    private static readonly TimeSpan s_quantum = TimeSpan.FromMilliseconds(25);

    private readonly Lock _gate = new();
    private readonly Queue<Task> _tasks = new();
    private bool _scheduled;

    public override int MaximumConcurrencyLevel => 1;

    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            _tasks.Enqueue(task);
            if (_scheduled)
            {
                return;
            }
            _scheduled = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && RuntimeContext.CurrentActivation == activation && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate)
        {
            return _tasks.ToArray();
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        var start = Stopwatch.GetTimestamp();
        var outer = RuntimeContext.CurrentActivation;
        RuntimeContext.CurrentActivation = activation;
        try
        {
            do
            {
                Task? task;
                lock (_gate)
                {
                    if (!_tasks.TryDequeue(out task))
                    {
                        _scheduled = false;
                        return;
                    }
                }
                TryExecuteTask(task);
            }
            while (Stopwatch.GetElapsedTime(start) < s_quantum);
        }
        finally
        {
            RuntimeContext.CurrentActivation = outer;
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
