using Orleans;

namespace Fed.Grains.Participants;

/// <summary>
/// Persistent state of a participant. Its watermark lives in the ledger that it guards: the cluster's.
/// </summary>
[GenerateSerializer, Alias("fed.state.participant")]
public sealed class ParticipantRecord
{
    /// <summary>Base64 SubjectPublicKeyInfo; null until it has enrolled.</summary>
    [Id(0)] public string? PublicKey { get; set; }

    [Id(1)] public DateTimeOffset EnrolledAt { get; set; }
}
