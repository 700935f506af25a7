namespace Fed.Embedded.Calls;

/// <summary>A call's link in the list of those that wait for an answer.</summary>
internal sealed class PendingEntry
{
    public GrainCall? Call { get; set; }

    public long Deadline { get; set; }

    public PendingEntry? Previous { get; set; }

    public PendingEntry? Next { get; set; }

    public PendingStripe? Stripe { get; set; }

    public void Remove() => Stripe?.Remove(this);
}
