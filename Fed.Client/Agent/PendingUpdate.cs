namespace Fed.Client.Agent;

/// <summary>An update that is encoded and has no receipt yet.</summary>
/// <param name="Sequence">The number that it was, or will be, sent under.</param>
/// <param name="Sha256">Of its bytes; also the name of its file.</param>
/// <param name="Version">The cluster version that it was trained from.</param>
/// <param name="Residual">SHA-256 of the residual that holds once the update is accepted; null where nothing is
/// carried.</param>
public sealed record PendingUpdate(long Sequence, string Sha256, long Version, string? Residual = null);

/// <summary>What an agent remembers of its contributions to one federation.</summary>
/// <param name="LastAccepted">The last sequence number that a receipt came for; 0 before the first.</param>
/// <param name="Residual">SHA-256 of the residual after the last accepted update; null where nothing is
/// carried.</param>
public sealed record ContributionLedger(long LastAccepted, PendingUpdate? Pending, string? Residual = null);
