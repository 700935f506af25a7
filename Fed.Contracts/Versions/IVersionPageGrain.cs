using Orleans;

namespace Fed.Contracts.Versions;

/// <summary>
/// Key: federation/tier/page. It keeps <see cref="Versions"/> consecutive nodes of one tier, so that what is written
/// for a version does not grow with the number of versions.
/// </summary>
[Alias("fed.IVersionPageGrain")]
public interface IVersionPageGrain : IGrainWithStringKey
{
    /// <summary>Versions of a page; page p has the numbers from p times that on.</summary>
    const int Versions = 64;

    /// <summary>Idempotent; another manifest under the same number takes its place.</summary>
    [Alias("Put")]
    Task Put(VersionRecord version);

    /// <summary>Nothing happens when there is no such version.</summary>
    [Alias("PutEvaluation")]
    Task PutEvaluation(long number, VersionEvaluation evaluation);

    /// <summary>Ascending; what was never put is missing.</summary>
    [Alias("GetAll")]
    Task<IReadOnlyList<VersionRecord>> GetAll();
}

/// <summary>Consecutive version numbers, both ends included.</summary>
[GenerateSerializer, Immutable, Alias("fed.version-range")]
public sealed record VersionRange([property: Id(0)] long First, [property: Id(1)] long Last)
{
    public bool Contains(long version) => version >= First && version <= Last;

    public override string ToString() => First == Last ? $"{First}" : $"{First} to {Last}";
}

/// <summary>
/// Which versions are kept with everything that they can be computed from: those from their tier's floor on, the one
/// that stable points to, and the clusters' versions whose aggregates a kept global version has merged.
/// </summary>
/// <param name="floors">Lowest kept number by tier; of others, all are kept.</param>
/// <param name="stable">The global version that stable points to; null: none.</param>
public sealed class KeptVersions(IReadOnlyDictionary<string, long> floors, long? stable)
{
    private readonly HashSet<string> _merged = new(StringComparer.Ordinal);

    /// <summary>Clusters' versions are to be asked for after all global ones.</summary>
    /// <param name="sha256">Of the manifest.</param>
    public bool Has(string sha256, VersionManifest manifest)
    {
        var kept = manifest.Number >= floors.GetValueOrDefault(manifest.Tier)
            || (manifest.Tier == TierNames.Global && manifest.Number == stable)
            || _merged.Contains(sha256);
        if (kept)
            _merged.UnionWith(ManifestChain.Merged(manifest));
        return kept;
    }
}

/// <summary>What a tier needs of the blobs, beside its versions.</summary>
/// <param name="ManifestSha256">Its newest manifest; empty before the first.</param>
/// <param name="Blobs">Names of blobs: models that are handed out, contributions and aggregates that wait.</param>
[GenerateSerializer, Immutable, Alias("fed.blob-roots")]
public sealed record BlobRoots([property: Id(0)] string ManifestSha256, [property: Id(1)] IReadOnlyList<string> Blobs);
