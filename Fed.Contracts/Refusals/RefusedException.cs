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

/// <summary>
/// An error as Orleans clients get it: what a problem document says over HTTP (docs/protocol.md), so that both can
/// decide alike.
/// </summary>
[GenerateSerializer, Alias("fed.problem")]
public sealed class ProblemException : Exception
{
    /// <param name="status">As of HTTP.</param>
    /// <param name="code">Stable.</param>
    /// <param name="detail">What was wrong, the value, the bound.</param>
    /// <param name="remedy">What the caller can do.</param>
    /// <param name="retryAfter">Null: the server asks for no wait.</param>
    public ProblemException(int status, string code, string detail, string remedy, TimeSpan? retryAfter)
        : base(detail)
    {
        Status = status;
        Code = code;
        Remedy = remedy;
        RetryAfter = retryAfter;
    }

    [Id(0)]
    public int Status { get; private set; }

    [Id(1)]
    public string Code { get; private set; }

    [Id(2)]
    public string Remedy { get; private set; }

    [Id(3)]
    public TimeSpan? RetryAfter { get; private set; }
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
    CapabilityInvalid = 50,
    NotForClients = 51,
    UnknownUpload = 52,
    ChunkRefused = 53,
}
