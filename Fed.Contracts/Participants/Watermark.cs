using Orleans;

namespace Fed.Contracts.Participants;

/// <summary>
/// How far a participant has come: all sequence numbers up to the last receipt's are used. It stands for any number of
/// past
/// contributions.
/// </summary>
/// <param name="LastReceipt">Null before the first contribution.</param>
/// <param name="LastBaseVersion">The cluster version that the last one was trained from; -1 before the first.</param>
[GenerateSerializer, Immutable, Alias("fed.watermark")]
public sealed record Watermark([property: Id(0)] Receipt? LastReceipt, [property: Id(1)] long LastBaseVersion)
{
    public static Watermark None { get; } = new(null, -1);

    /// <summary>The last used sequence number, and the number of contributions: they have no gap. 0 before the
    /// first.</summary>
    public long Sequence => LastReceipt?.Sequence ?? 0;
}
