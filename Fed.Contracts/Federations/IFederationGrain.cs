using Fed.Contracts.Aggregation;
using Fed.Contracts.Participants;
using Orleans;

namespace Fed.Contracts.Federations;

/// <summary>Key: federation. It alone decides configuration, roster and lifecycle.</summary>
[Alias("fed.IFederationGrain")]
public interface IFederationGrain : IGrainWithStringKey
{
    /// <summary>Creates the federation; the same settings again are accepted, others are refused.</summary>
    /// <param name="settings">Checked here: names, roster, tiers, and that no sum can overflow.</param>
    /// <param name="initialModel">SHA-256 of the initial model's blob.</param>
    /// <param name="layoutHash">Hash of the model's layout.</param>
    /// <param name="parameters">Length of the flat parameter vector.</param>
    /// <param name="extractor">The layers that are not trained; null: all are.</param>
    [Alias("Create")]
    Task Create(
        FederationSettings settings, string initialModel, string layoutHash, long parameters, Extractor? extractor);

    /// <summary>The settings as they are now: those of its creation, but for deadlines that were changed.</summary>
    /// <exception cref="Refusals.RefusedException">No such federation.</exception>
    [Alias("Describe")]
    Task<FederationDescription> Describe();

    /// <summary>The same as one tier needs it, for a roster may have 100,000 entries.</summary>
    /// <param name="tier">A cluster: its own entries are the roster; the global tier: it has none.</param>
    /// <exception cref="Refusals.RefusedException">No such federation, or no such cluster.</exception>
    [Alias("DescribeTier")]
    Task<FederationDescription> DescribeTier(string tier);

    /// <summary>One entry of the roster, and the description without it.</summary>
    /// <exception cref="Refusals.RefusedException">No such federation, or it does not know the participant.</exception>
    [Alias("Locate")]
    Task<RosterPlace> Locate(string participant);

    /// <summary>
    /// Changes a tier's deadline, durably, also of buffers that are open. The same again changes nothing, but tells the
    /// tiers again.
    /// </summary>
    /// <exception cref="Refusals.RefusedException">It does not fit the other settings.</exception>
    [Alias("SetDeadline")]
    Task<TierDeadlines> SetDeadline(DeadlineTier tier, DeadlineOrder order);

    [Alias("GetDeadlines")]
    Task<TierDeadlines> GetDeadlines();

    [Alias("GetStatus")]
    Task<FederationStatus> GetStatus();

    /// <summary>One line of a list of federations.</summary>
    /// <exception cref="Refusals.RefusedException">No such federation.</exception>
    [Alias("Summarise")]
    Task<FederationSummary> Summarise();

    /// <summary>
    /// Records that the global tier has made its last version. That tier tells the clusters, and again until it has
    /// reached each: what one accepts before it hears is acknowledged, and its receipt says that it stays unused.
    /// Idempotent.
    /// </summary>
    [Alias("Finish")]
    Task Finish();
}

/// <summary>The settings of an accepted federation and what was derived from them.</summary>
/// <param name="Parameters">Length of the vector that travels: without the frozen layers' parameters.</param>
/// <param name="PublicKey">What its manifests are signed with (ECDSA P-256 SubjectPublicKeyInfo, base64).</param>
/// <param name="Extractor">The layers that are not trained; null: all are.</param>
[GenerateSerializer, Immutable, Alias("fed.description")]
public sealed record FederationDescription(
    [property: Id(0)] FederationSettings Settings,
    [property: Id(1)] string InitialModel,
    [property: Id(2)] string LayoutHash,
    [property: Id(3)] long Parameters,
    [property: Id(4)] FederationState State,
    [property: Id(5)] string PublicKey,
    [property: Id(6)] Extractor? Extractor = null)
{
    /// <summary>What is allowed, and yet seldom meant.</summary>
    public IReadOnlyList<string> Warnings => SettingsWarnings.Of(Settings);
}

/// <summary>A federation's frozen layers.</summary>
/// <param name="Sha256">Of their safetensors file, which is served as models are.</param>
/// <param name="Frozen">As in <see cref="ExtractorSettings"/>.</param>
/// <param name="Parameters">How many they have; they do not travel with versions and updates.</param>
[GenerateSerializer, Immutable, Alias("fed.extractor")]
public sealed record Extractor(
    [property: Id(0)] string Sha256,
    [property: Id(1)] IReadOnlyList<int> Frozen,
    [property: Id(2)] long Parameters);

/// <summary>What the roster says of one participant.</summary>
/// <param name="Description">Without the roster.</param>
/// <param name="Cluster">The participant's.</param>
[GenerateSerializer, Immutable, Alias("fed.roster-place")]
public sealed record RosterPlace(
    [property: Id(0)] FederationDescription Description, [property: Id(1)] string Cluster);

/// <summary>Where a federation stands in its life.</summary>
public enum FederationState
{
    Running = 0,
    Finished = 1,
}

/// <summary>What the status page, the demo's live table and monitoring read.</summary>
/// <param name="Parameters">Length of the vector that travels.</param>
/// <param name="FrozenParameters">Those of layers that are not trained, which do not travel.</param>
[GenerateSerializer, Immutable, Alias("fed.status")]
public sealed record FederationStatus(
    [property: Id(0)] string Name,
    [property: Id(1)] string Task,
    [property: Id(2)] FederationMode Mode,
    [property: Id(3)] FederationState State,
    [property: Id(4)] int TargetVersions,
    [property: Id(5)] TierStatus Global,
    [property: Id(6)] IReadOnlyList<TierStatus> Clusters,
    [property: Id(7)] IReadOnlyList<ParticipantStatus> Participants,
    [property: Id(8)] long Parameters = 0,
    [property: Id(9)] long FrozenParameters = 0);

/// <summary>A federation in a list of them: it does not grow with the roster.</summary>
/// <param name="Version">The newest global one.</param>
/// <param name="TargetVersions">0: it goes on for ever.</param>
/// <param name="Clusters">How many there are.</param>
/// <param name="Participants">How many the roster has.</param>
[GenerateSerializer, Immutable, Alias("fed.summary")]
public sealed record FederationSummary(
    [property: Id(0)] string Name,
    [property: Id(1)] string Task,
    [property: Id(2)] FederationMode Mode,
    [property: Id(3)] FederationState State,
    [property: Id(4)] long Version,
    [property: Id(5)] int TargetVersions,
    [property: Id(6)] int Clusters,
    [property: Id(7)] int Participants);

/// <summary>The tiers whose deadline stewards may change.</summary>
public enum DeadlineTier
{
    /// <summary>All clusters.</summary>
    Cluster = 0,

    Global = 1,
}

/// <summary>A steward's order to close a tier's buffers after another time.</summary>
/// <param name="Seconds">Since a buffer's first contribution; 0: no deadline.</param>
[GenerateSerializer, Immutable, Alias("fed.deadline-order")]
public sealed record DeadlineOrder(
    [property: Id(0)] double Seconds, [property: Id(1)] string By, [property: Id(2)] string Reason);

/// <summary>That a steward changed a deadline.</summary>
[GenerateSerializer, Immutable, Alias("fed.deadline-change")]
public sealed record DeadlineChange(
    [property: Id(0)] DeadlineTier Tier,
    [property: Id(1)] double Seconds,
    [property: Id(2)] string By,
    [property: Id(3)] string Reason,
    [property: Id(4)] DateTimeOffset At);

/// <summary>The deadlines in force, and how they came to be.</summary>
/// <param name="ClusterSeconds">0: none.</param>
/// <param name="GlobalSeconds">0: none.</param>
/// <param name="Changes">The newest last; of more than sixteen of a tier the oldest are forgotten.</param>
[GenerateSerializer, Immutable, Alias("fed.tier-deadlines")]
public sealed record TierDeadlines(
    [property: Id(0)] double ClusterSeconds,
    [property: Id(1)] double GlobalSeconds,
    [property: Id(2)] IReadOnlyList<DeadlineChange> Changes)
{
    /// <summary>The settings with these deadlines.</summary>
    public FederationSettings In(FederationSettings settings) => settings with
    {
        ClusterTier = settings.ClusterTier with { DeadlineSeconds = ClusterSeconds },
        GlobalTier = settings.GlobalTier with { DeadlineSeconds = GlobalSeconds },
    };
}
