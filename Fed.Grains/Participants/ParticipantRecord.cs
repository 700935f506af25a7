using Fed.Contracts.Participants;
using Orleans;

namespace Fed.Grains.Participants;

/// <summary>
/// Persistent state of a participant. Contributions beyond its watermark stand in the cluster's ledger.
/// </summary>
[GenerateSerializer, Alias("fed.state.participant")]
public sealed class ParticipantRecord
{
    /// <summary>Base64 SubjectPublicKeyInfo; null until it has enrolled.</summary>
    [Id(0)] public string? PublicKey { get; set; }

    [Id(1)] public DateTimeOffset EnrolledAt { get; set; }

    [Id(2)] public Watermark Watermark { get; set; } = Watermark.None;
}
