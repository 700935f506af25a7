using Orleans;

namespace Fed.Contracts.Refusals;

/// <summary>
/// A request that is wrong, as opposed to a server that failed: it is never worth a retry as it stands.
/// </summary>
[GenerateSerializer, Alias("fed.refused")]
public sealed class RefusedException : Exception
{
    /// <param name="code">The reason, stable across versions.</param>
    /// <param name="message">One sentence: what was wrong, with the offending value and the bound.</param>
    /// <param name="remedy">One sentence: what the caller can do about it.</param>
    public RefusedException(RefusalCode code, string message, string remedy)
        : base(message)
    {
        Code = code;
        Remedy = remedy;
    }

    [Id(0)]
    public RefusalCode Code { get; private set; }

    [Id(1)]
    public string Remedy { get; private set; }
}

/// <summary>Why a request was refused. Values are part of the protocol: they may be added, never changed.</summary>
public enum RefusalCode
{
    UnknownFederation = 1,
    UnknownParticipant = 2,
    UnknownCluster = 3,
    NotEnrolled = 4,
    InvalidSettings = 5,
    FederationExists = 6,
    FederationFinished = 7,
    ParticipantSuspended = 8,
    SequenceConflict = 10,
    SequenceGap = 11,
    UnknownBaseVersion = 12,
    TooStale = 13,
    RoundClosed = 14,
    AlreadyContributed = 15,
    VersionWithdrawn = 16,
    UnknownVersion = 17,
    VersionCollected = 18,
    UpdateTooLarge = 20,
    UpdateTruncated = 21,
    UpdateMalformed = 22,
    LayoutMismatch = 23,
    CodecNotAllowed = 24,
    ChecksumMismatch = 25,
    DigestMismatch = 26,
    SignatureInvalid = 27,
    NotFinite = 28,
    BeyondBound = 29,
    InvalidRequest = 40,
    UnknownModel = 41,
    StorageDamaged = 42,
    UnknownReceipt = 43,
}
