using Orleans;

namespace Fed.Contracts.Versions;

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
[GenerateSerializer, Immutable, Alias("fed.version-evaluation")]
public sealed record VersionEvaluation(
    [property: Id(0)] int Reports,
    [property: Id(1)] long Examples,
    [property: Id(2)] long Correct)
{
    /// <summary>0 to 1; 0 without examples.</summary>
    public double Accuracy => Examples == 0 ? 0 : (double)Correct / Examples;
}
