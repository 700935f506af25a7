using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Orleans;

namespace Fed.Contracts.Versions;

/// <summary>
/// The immutable account of how a version came to be, stored as a JSON blob; with its blobs it can be recomputed.
/// </summary>
public sealed record VersionManifest
{
    public int Format { get; init; } = 1;

    public required string Federation { get; init; }

    /// <summary>A cluster key, or <c>global</c>.</summary>
    public required string Tier { get; init; }

    public required long Number { get; init; }

    /// <summary>
    /// <c>initial</c>; <c>fold</c>; <c>adopt</c> and <c>release</c> (cluster tier: of a global version, or of its own
    /// fold);
    /// <c>rollback</c>; of tier stable also <c>promote</c>; <c>retention</c>.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>Empty in tier retention.</summary>
    public required string ModelSha256 { get; init; }

    /// <summary>The model that the step was applied to.</summary>
    public string? BaseModel { get; init; }

    public IReadOnlyList<string> Parents { get; init; } = [];

    /// <summary>
    /// Contributions consumed (cluster tier), in ledger order. Under a robust rule, inputs may be fewer: a
    /// participant's
    /// newer contribution stands for its older ones, and the trusted one is the reference.
    /// </summary>
    public IReadOnlyList<Receipt> Contributions { get; init; } = [];

    /// <summary>Inputs of the fold, with the weights that were applied.</summary>
    public IReadOnlyList<Aggregation.FoldInputReference> Inputs { get; init; } = [];

    /// <summary>How the inputs were combined, as in <see cref="TierSettings.Rule"/>.</summary>
    public string Rule { get; init; } = "mean";

    /// <summary>The trusted update that the rule compared the inputs with.</summary>
    public string? Reference { get; init; }

    public string? SumsSha256 { get; init; }

    public string? OptimizerState { get; init; }

    public string? PreviousOptimizerState { get; init; }

    public ArithmeticSettings? Arithmetic { get; init; }

    public OptimizerSettings? Optimizer { get; init; }

    public double Specialisation { get; init; }

    /// <summary>The global version that a cluster's version descends from; of a global one, its own number.</summary>
    public long GlobalVersion { get; init; }

    /// <summary>Of a rollback: the global versions that it withdraws.</summary>
    public VersionRange? Withdrawn { get; init; }

    /// <summary>Of a rollback, cluster tier: contributions trained from what is withdrawn. No version merges
    /// them.</summary>
    public IReadOnlyList<Receipt> Quarantined { get; init; } = [];

    /// <summary>Of a rollback, global tier: manifests of the aggregates that were in the buffer and are not
    /// merged.</summary>
    public IReadOnlyList<string> QuarantinedAggregates { get; init; } = [];

    /// <summary>
    /// Of tier retention: per tier, the lowest number that is kept. Versions below may have lost their blobs; their
    /// manifests stay.
    /// </summary>
    public IReadOnlyDictionary<string, long>? Floors { get; init; }

    /// <summary>Of a rollback, a promotion or a retention: who ordered it.</summary>
    public string? By { get; init; }

    /// <summary>Of the same: why.</summary>
    public string? Reason { get; init; }

    public DateTimeOffset CommittedAt { get; init; }
}

/// <summary>One node of the version DAG.</summary>
/// <param name="Tier">A cluster key, or <c>global</c>.</param>
/// <param name="Number">Per tier, from 0 (the initial model).</param>
/// <param name="Kind">As in <see cref="VersionManifest.Kind"/>.</param>
/// <param name="GlobalVersion">The global version that it descends from, or is.</param>
/// <param name="Withdrawn">Whether a rollback has withdrawn it.</param>
/// <param name="Collected">Whether it is no longer kept: it cannot be restored or computed again.</param>
/// <param name="Parents">Manifest hashes of the parents: the history is a hash chain.</param>
[GenerateSerializer, Immutable, Alias("fed.version")]
public sealed record VersionRecord(
    [property: Id(0)] string Tier,
    [property: Id(1)] long Number,
    [property: Id(2)] string ModelSha256,
    [property: Id(3)] string ManifestSha256,
    [property: Id(4)] IReadOnlyList<string> Parents,
    [property: Id(5)] int Contributions,
    [property: Id(6)] DateTimeOffset CommittedAt,
    [property: Id(7)] VersionEvaluation? Evaluation,
    [property: Id(8)] string Kind,
    [property: Id(9)] long GlobalVersion,
    [property: Id(10)] bool Withdrawn,
    [property: Id(11)] bool Collected);

/// <summary>Sums over the participants' reports on one version.</summary>
/// <param name="Loss">Mean cross-entropy per example, in nats; null before releases that kept it.</param>
/// <param name="ClippedShare">Mean over those who say it, 0 to 1; null when nobody does.</param>
[GenerateSerializer, Immutable, Alias("fed.version-evaluation")]
public sealed record VersionEvaluation(
    [property: Id(0)] int Reports,
    [property: Id(1)] long Examples,
    [property: Id(2)] long Correct,
    [property: Id(3)] double? Loss = null,
    [property: Id(4)] double? ClippedShare = null)
{
    /// <summary>0 to 1; 0 without examples.</summary>
    public double Accuracy => Examples == 0 ? 0 : (double)Correct / Examples;
}
