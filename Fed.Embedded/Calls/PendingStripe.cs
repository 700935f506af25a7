namespace Fed.Embedded.Calls;

/// <summary>One part of the waiting calls, under a lock of its own so that cores seldom meet.</summary>
internal sealed class PendingStripe
{
    private readonly Lock _gate = new();
    private PendingEntry? _head;

    public void Add(PendingEntry entry)
    {
        entry.Stripe = this;
        lock (_gate)
        {
            entry.Next = _head;
            if (_head is { } head)
            {
                head.Previous = entry;
            }
            _head = entry;
        }
    }

    public void Remove(PendingEntry entry)
    {
        lock (_gate)
        {
            if (entry.Previous is { } previous)
            {
                previous.Next = entry.Next;
            }
            else if (_head == entry)
            {
                _head = entry.Next;
            }
            if (entry.Next is { } next)
            {
                next.Previous = entry.Previous;
            }
            entry.Next = entry.Previous = null;
        }
    }

    /// <summary>The calls whose deadline is not after <paramref name="now"/>.</summary>
    public void CollectExpired(long now, List<GrainCall> expired)
    {
        lock (_gate)
        {
            for (var entry = _head; entry is not null; entry = entry.Next)
            {
                if (entry.Deadline <= now)
                {
                    expired.Add(entry.Call!);
                }
            }
        }
    }
}
