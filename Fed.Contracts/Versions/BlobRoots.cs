using Orleans;

namespace Fed.Contracts.Versions;

/// <summary>What a tier needs of the blobs, beside its versions.</summary>
/// <param name="ManifestSha256">Its newest manifest; empty before the first.</param>
/// <param name="Blobs">Names of blobs: models that are handed out, contributions and aggregates that wait.</param>
[GenerateSerializer, Immutable, Alias("fed.blob-roots")]
public sealed record BlobRoots([property: Id(0)] string ManifestSha256, [property: Id(1)] IReadOnlyList<string> Blobs);
