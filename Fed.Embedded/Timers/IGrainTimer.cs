namespace Orleans.Runtime;

/// <summary>A timer of one activation. Disposing it stops it.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Sets the next due time and the period. From within a tick, it holds when that tick ends.</summary>
    void Change(TimeSpan dueTime, TimeSpan period);
}
