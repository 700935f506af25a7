using Fed.Contracts.Collection;
using Fed.Grains.Collection;
using Fed.Silo.Json;

namespace Fed.Silo.Gateway;

/// <summary>Removal of what nothing needs, of all federations together; from the server's own machine only.</summary>
internal static class CollectionEndpoints
{
    public static void MapCollection(this IEndpointRouteBuilder app) =>
        app.MapPost("/v1/gc", CollectAsync)
            .AddEndpointFilter<LoopbackOnly>()
            .WithMetadata(new BodyLimit(BodyLimit.SmallJson))
            .Accepts<CollectionRequest>("application/json")
            .Produces<CollectionReport>()
            .WithProblems(400, 403, 404, 415)
            .WithName("CollectGarbage")
            .WithSummary("Give up old versions, if asked to, and remove blobs that nothing needs");

    private static async Task<CollectionReport> CollectAsync(
        HttpRequest request, BlobCollector collector, CancellationToken aborted)
    {
        var order = await JsonBody.ReadAsync<CollectionRequest>(request, aborted);
        OrderTexts.Require(order.By, order.Reason);
        return await collector.RunAsync(order, aborted);
    }
}
