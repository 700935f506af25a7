using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Orleans;

namespace Fed.Contracts.Participants;

/// <summary>Key: federation/participant. It alone decides registration, key and the next sequence number.</summary>
[Alias("fed.IParticipantGrain")]
public interface IParticipantGrain : IGrainWithStringKey
{
    [Alias("Enrol")]
    Task<Enrolment> Enrol(EnrolmentRequest request);

    /// <summary>The enrolled public key (base64 SubjectPublicKeyInfo).</summary>
    /// <exception cref="Refusals.RefusedException">Not on the roster, or not enrolled.</exception>
    [Alias("GetPublicKey")]
    Task<string> GetPublicKey();

    /// <summary>
    /// Forgets the enrolled key, durably, for a participant that has lost it: the next enrolment with another one keeps
    /// that. Sequence numbers and earlier contributions stay. Without a key nothing changes.
    /// </summary>
    /// <exception cref="Refusals.RefusedException">Not on the roster.</exception>
    [Alias("ResetKey")]
    Task<ParticipantKey> ResetKey(StewardOrder order);

    /// <exception cref="Refusals.RefusedException">Not on the roster.</exception>
    [Alias("GetKey")]
    Task<ParticipantKey> GetKey();

    /// <summary>Asks its cluster to suspend it, or to end that, which alone decides.</summary>
    /// <exception cref="Refusals.RefusedException">Not on the roster, or the cluster refuses.</exception>
    [Alias("SetSuspended")]
    Task<Suspensions> SetSuspended(bool suspended, StewardOrder order);

    /// <summary>The next task as things are now. Who finds none may wait for the cluster to change.</summary>
    [Alias("NextTask")]
    Task<TaskAnswer> NextTask(CancellationToken cancellationToken);

    /// <summary>
    /// Asks, before a byte of the update is read, whose signature it must bear, where it is to go, and whether it could
    /// be accepted there. What the offer claims is not verified yet.
    /// </summary>
    /// <exception cref="Refusals.RefusedException">Not on the roster, or not enrolled.</exception>
    [Alias("Open")]
    Task<OpenedOffer> Open(ContributionOffer offer, CancellationToken cancellationToken);

    /// <summary>
    /// Completes when what is stored, asked now, is what this actor has; else it fails, and the next call finds what is
    /// stored.
    /// </summary>
    [Alias("Confirm")]
    Task Confirm(CancellationToken cancellationToken);

    /// <summary>
    /// What versions have consumed of the participant. Contributions that still wait in the cluster's ledger are beyond
    /// it.
    /// </summary>
    [Alias("GetWatermark")]
    Task<Watermark> GetWatermark();

    /// <summary>
    /// Raises the watermark, durably; a lower one changes nothing. For the cluster, before it forgets a contribution.
    /// </summary>
    [Alias("Settle")]
    Task Settle(Watermark watermark);

    [Alias("Report")]
    Task Report(EvaluationReport report);
}

/// <summary>What an agent says of itself when it starts.</summary>
/// <param name="Cluster">The cluster that it believes to be in; must agree with the roster.</param>
/// <param name="Task">The task of its data.</param>
/// <param name="PublicKey">ECDSA P-256 SubjectPublicKeyInfo, base64; the first one enrolled is kept, until a
/// steward resets it.</param>
/// <param name="Classes">Class names of its data; a label is an index. Needed where the federation states
/// classes.</param>
/// <param name="Features">Key of the feature extraction of its data. Needed where the federation states one.</param>
[GenerateSerializer, Immutable, Alias("fed.enrolment-request")]
public sealed record EnrolmentRequest(
    [property: Id(0)] string Cluster,
    [property: Id(1)] string Task,
    [property: Id(2)] string PublicKey,
    [property: Id(3)] IReadOnlyList<string>? Classes = null,
    [property: Id(4)] string? Features = null);

/// <summary>The answer to an enrolment. Enrolling again with the same key is harmless.</summary>
/// <param name="NextSequence">The sequence number that the server expects next; the first is 1.</param>
/// <param name="Model">The model specification, the text of a JSON object.</param>
/// <param name="Extractor">The layers that are not trained; null: all are.</param>
[GenerateSerializer, Immutable, Alias("fed.enrolment")]
public sealed record Enrolment(
    [property: Id(0)] string Federation,
    [property: Id(1)] string Participant,
    [property: Id(2)] string Cluster,
    [property: Id(3)] string Task,
    [property: Id(4)] long NextSequence,
    [property: Id(5), JsonDocumentText] string Model,
    [property: Id(6)] Extractor? Extractor = null);

/// <summary>Which key a participant signs with, and which ones stewards have reset.</summary>
/// <param name="PublicKey">Base64 SubjectPublicKeyInfo; null: the next enrolment brings it.</param>
/// <param name="EnrolledAt">When it came; null without a key.</param>
/// <param name="Resets">The newest last; of more than sixteen the oldest are forgotten.</param>
[GenerateSerializer, Immutable, Alias("fed.participant-key")]
public sealed record ParticipantKey(
    [property: Id(0)] string? PublicKey,
    [property: Id(1)] DateTimeOffset? EnrolledAt,
    [property: Id(2)] IReadOnlyList<KeyReset> Resets);

/// <summary>That a steward reset a key, which is not taken from that participant again.</summary>
/// <param name="PublicKey">The key that was enrolled until then.</param>
[GenerateSerializer, Immutable, Alias("fed.key-reset")]
public sealed record KeyReset(
    [property: Id(0)] string PublicKey,
    [property: Id(1)] string By,
    [property: Id(2)] string Reason,
    [property: Id(3)] DateTimeOffset At);

/// <summary>One participant, as its cluster sees it.</summary>
/// <param name="LastSeen">Null when it has not called since the server started.</param>
/// <param name="Suspended">By a steward: it gets no tasks.</param>
/// <param name="LastContribution">When the last one was accepted; null before the first.</param>
/// <param name="Buffered">Whether the open buffer has a contribution of it.</param>
[GenerateSerializer, Immutable, Alias("fed.participant-status")]
public sealed record ParticipantStatus(
    [property: Id(0)] string Name,
    [property: Id(1)] string Cluster,
    [property: Id(2)] long Accepted,
    [property: Id(3)] long LastStaleness,
    [property: Id(4)] DateTimeOffset? LastSeen,
    [property: Id(5)] bool Suspended,
    [property: Id(6)] DateTimeOffset? LastContribution,
    [property: Id(7)] bool Buffered);

/// <summary>A participant's evaluation of one model on its own held-out data.</summary>
/// <param name="Loss">Mean cross-entropy per example, in nats, finite.</param>
/// <param name="ClippedShare">Of the changes of the participant's last training, the share that was cut to the bound, 0
/// to 1; null: it has not trained, or does not say.</param>
/// <param name="LabelCounts">The participant's training examples by class, in the federation's order; null: it does not
/// share them.</param>
/// <param name="Features">What these examples are like; null: it does not share that.</param>
[GenerateSerializer, Immutable, Alias("fed.evaluation")]
public sealed record EvaluationReport(
    [property: Id(0)] long Version,
    [property: Id(1)] string ModelSha256,
    [property: Id(2)] long Examples,
    [property: Id(3)] long Correct,
    [property: Id(4)] double Loss,
    [property: Id(5)] double? ClippedShare = null,
    [property: Id(6)] IReadOnlyList<long>? LabelCounts = null,
    [property: Id(7)] FeatureSummary? Features = null)
{
    /// <summary>Classes whose counts may be sent.</summary>
    public const int MostClasses = 1000;
}
