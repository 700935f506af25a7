using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Refusals;
using Fed.Contracts.Storage;
using Fed.Contracts.Versions;
using Fed.Grains.Versions;
using Fed.Silo.Federations;
using Fed.Silo.Storage;
using Microsoft.Net.Http.Headers;
using Orleans;

namespace Fed.Silo.Gateway;

/// <summary>The version DAG.</summary>
internal static class VersionEndpoints
{
    public const int MaxLimit = 1000;

    public static void MapVersions(this RouteGroupBuilder group)
    {
        group.MapGet("{federation}/versions", ListAsync)
            .Produces<IReadOnlyList<VersionRecord>>()
            .WithProblems(400, 404, 409)
            .WithName("ListVersions")
            .WithSummary("The version DAG, newest first; tier is a cluster, global, stable or retention");

        group.MapGet("{federation}/manifests/{sha256}", ManifestAsync)
            .Produces(StatusCodes.Status200OK, contentType: "text/plain")
            .Produces(StatusCodes.Status304NotModified)
            .WithProblems(404)
            .WithName("ReadManifest")
            .WithSummary("A version's manifest as it was signed: a line of JSON, a line with the signature");
    }

    private static async Task<IReadOnlyList<VersionRecord>> ListAsync(
        string federation,
        string? tier,
        string? limit,
        FederationDirectory federations,
        IGrainFactory grains,
        PublishedManifests manifests)
    {
        var profile = await federations.GetAsync(RouteNames.Require(federation, "federation"));
        if (tier is not null && !TierNames.Reserved.Contains(tier) && !profile.HasCluster(tier))
        {
            throw new RefusedException(
                RefusalCode.UnknownCluster,
                $"the federation '{federation}' has no tier '{(tier.Length > 64 ? tier[..64] : tier)}'",
                $"use a cluster of the federation, or one of {string.Join(", ", TierNames.Reserved)}");
        }

        var most = (int)RouteNames.Number(limit ?? "100", "limit", 1, MaxLimit);
        // Held folds first: one that is adopted in between is found behind the version that it became.
        var held = await Task.WhenAll(profile.Clusters.Where(cluster => tier is null || tier == cluster)
            .Select(cluster => GrainKeys.Within(federation, cluster))
            .Select(key => grains.GetGrain<IClusterAggregatorGrain>(key).GetHeldFold()));
        var versions = await grains.GetGrain<IModelRegistryGrain>(federation).GetVersions(tier, most);
        return await manifests.WithFoldsAsync(versions, held.OfType<string>(), most);
    }

    private static async Task<IResult> ManifestAsync(
        string federation,
        string sha256,
        FederationDirectory federations,
        IBlobStore blobs,
        ManifestStore manifests,
        HttpResponse response,
        CancellationToken aborted)
    {
        await federations.GetAsync(RouteNames.Require(federation, "federation"));
        try
        {
            if (BlobName.IsValid(sha256) && await IsJsonAsync(blobs, sha256, aborted))
            {
                var bytes = await manifests.ReadBytesAsync(sha256);
                if (SignedManifest.Read(bytes, sha256).Manifest.Federation == federation)
                {
                    response.Headers.CacheControl = "private, max-age=31536000, immutable";
                    return TypedResults.Bytes(
                        bytes, "text/plain; charset=utf-8", entityTag: new EntityTagHeaderValue($"\"{sha256}\""));
                }
            }
        }
        catch (InvalidDataException)
        {
            // Damaged, or another blob: the answer is the same.
        }

        throw new RefusedException(
            RefusalCode.UnknownVersion,
            $"the federation '{federation}' has no manifest '{(sha256.Length > 64 ? sha256[..64] : sha256)}', or it is "
            + "damaged",
            "use the manifestSha256 of a version, or a parent of one");
    }

    /// <summary>Models are large, and are not to be read whole to see that they are none.</summary>
    private static async Task<bool> IsJsonAsync(IBlobStore blobs, string sha256, CancellationToken aborted)
    {
        using var blob = await blobs.OpenAsync(sha256, aborted);
        if (blob is null || blob.Length == 0)
            return false;
        var first = new byte[1];
        blob.Read(0, first);
        return first[0] == '{';
    }
}
