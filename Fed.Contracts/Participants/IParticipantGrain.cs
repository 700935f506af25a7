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

    /// <summary>The next task, or null when there is none within <paramref name="wait"/>.</summary>
    [Alias("NextTask"), ResponseTimeout("00:00:45")]
    Task<ParticipantTask?> NextTask(TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>
    /// Asks, before any byte is stored, whether this offer could be accepted. Returns the first receipt when it already
    /// was.
    /// </summary>
    [Alias("Check")]
    Task<Receipt?> Check(ContributionOffer offer);

    /// <summary>Appends the contribution to the cluster's ledger, durably, exactly once.</summary>
    [Alias("Submit")]
    Task<Receipt> Submit(ContributionOffer offer);

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
