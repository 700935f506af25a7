using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Refusals;
using Fed.Contracts.Storage;
using Fed.Silo.Federations;
using Fed.Silo.Storage;
using Orleans;

namespace Fed.Silo.Gateway;

/// <summary>
/// What a check from outside needs beside the versions, from the server's own machine only: who can read this can read
/// the data folder as well.
/// </summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this RouteGroupBuilder group)
    {
        group.MapGet("{federation}/clusters/{cluster}/ledger", LedgerAsync)
            .AddEndpointFilter<LoopbackOnly>()
            .Produces<ClusterLedger>()
            .WithProblems(400, 403, 404)
            .WithName("ReadLedger")
            .WithSummary("A cluster's newest manifest and pending receipts; from the server's own machine only");

        group.MapGet("{federation}/blobs/{sha256}", BlobAsync)
            .AddEndpointFilter<LoopbackOnly>()
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream")
            .WithProblems(400, 403, 404)
            .WithName("ReadBlob")
            .WithSummary("A manifest, update, sums or model as stored; from the server's own machine only");
    }

    private static async Task<ClusterLedger> LedgerAsync(
        string federation, string cluster, FederationDirectory federations, IGrainFactory grains)
    {
        var profile = await federations.GetAsync(RouteNames.Require(federation, "federation"));
        if (!profile.HasCluster(RouteNames.Require(cluster, "cluster")))
        {
            throw new RefusedException(
                RefusalCode.UnknownCluster,
                $"the federation '{federation}' has no cluster '{cluster}'",
                "use a cluster of the federation");
        }

        return await grains.GetGrain<IClusterAggregatorGrain>(GrainKeys.Within(federation, cluster)).GetLedger();
    }

    private static async Task<IResult> BlobAsync(
        string federation,
        string sha256,
        FederationDirectory federations,
        IBlobStore blobs,
        CancellationToken aborted)
    {
        await federations.GetAsync(RouteNames.Require(federation, "federation"));
        var reader = BlobName.IsValid(sha256) ? await blobs.OpenAsync(sha256, aborted) : null;
        return reader is null
            ? TypedResults.NotFound()
            : TypedResults.Stream(new BlobStream(reader), "application/octet-stream");
    }
}
