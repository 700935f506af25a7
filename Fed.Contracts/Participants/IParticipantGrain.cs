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
