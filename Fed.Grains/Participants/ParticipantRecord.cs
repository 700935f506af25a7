using Fed.Contracts.Participants;
using Orleans;

namespace Fed.Grains.Participants;

/// <summary>
/// Persistent state of a participant. Contributions beyond its watermark stand in the cluster's ledger.
/// </summary>
[GenerateSerializer, Immutable, Alias("fed.state.participant")]
public sealed record ParticipantRecord
{
    /// <summary>Base64 SubjectPublicKeyInfo; null until it has enrolled.</summary>
    [Id(0)] public string? PublicKey { get; init; }

    [Id(1)] public DateTimeOffset EnrolledAt { get; init; }

    [Id(2)] public Watermark Watermark { get; init; } = Watermark.None;
}
