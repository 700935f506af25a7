using Fed.Contracts.Aggregation;
using Fed.Contracts.Collection;
using Fed.Contracts.Federations;
using Fed.Contracts.Versions;
using Fed.Grains.Collection;
using Fed.Silo.Federations;
using Fed.Silo.Gateway.Status;
using Orleans;

namespace Fed.Silo.Gateway;

/// <summary>What stewards order; from the server's own machine only.</summary>
internal static class StewardEndpoints
{
    public static void MapStewards(this RouteGroupBuilder group)
    {
        group.MapGet("{federation}/channels", ChannelsAsync)
            .Produces<IReadOnlyList<ChannelView>>()
            .WithProblems(404)
            .WithName("ListChannels")
            .WithSummary("Where the channels candidate and stable point");

        group.MapPut("{federation}/channels/stable", PromoteAsync)
            .AddEndpointFilter<LoopbackOnly>()
            .WithMetadata(new BodyLimit(BodyLimit.SmallJson))
            .Accepts<PromotionRequest>("application/json")
            .Produces<ChannelView>()
            .WithProblems(400, 403, 404, 409, 415)
            .WithName("Promote")
            .WithSummary("Point the channel stable at a global version");

        group.MapPost("{federation}/rollback", RollBackAsync)
            .AddEndpointFilter<LoopbackOnly>()
            .WithMetadata(new BodyLimit(BodyLimit.SmallJson))
            .Accepts<RollbackRequest>("application/json")
            .Produces<GlobalView>()
            .WithProblems(400, 403, 404, 409, 415)
            .WithName("RollBack")
            .WithSummary("Restore an earlier global version and withdraw those after it");

        group.MapGet("{federation}/deadlines", (string federation, IGrainFactory grains) =>
                grains.GetGrain<IFederationGrain>(RouteNames.Require(federation, "federation")).GetDeadlines())
            .AddEndpointFilter<LoopbackOnly>()
            .Produces<TierDeadlines>()
            .WithProblems(400, 403, 404)
            .WithName("GetDeadlines")
            .WithSummary("The tiers' deadlines, and who has changed them, when and why");

        group.MapPut("{federation}/deadlines/cluster", SetDeadline(DeadlineTier.Cluster))
            .AddEndpointFilter<LoopbackOnly>()
            .WithMetadata(new BodyLimit(BodyLimit.SmallJson))
            .Accepts<DeadlineOrder>("application/json")
            .Produces<TierDeadlines>()
            .WithProblems(400, 403, 404, 415)
            .WithName("SetClusterDeadline")
            .WithSummary("Change the deadline of all clusters' buffers, open ones too; 0: none");

        group.MapPut("{federation}/deadlines/global", SetDeadline(DeadlineTier.Global))
            .AddEndpointFilter<LoopbackOnly>()
            .WithMetadata(new BodyLimit(BodyLimit.SmallJson))
            .Accepts<DeadlineOrder>("application/json")
            .Produces<TierDeadlines>()
            .WithProblems(400, 403, 404, 415)
            .WithName("SetGlobalDeadline")
            .WithSummary("Change the deadline of the global tier's buffer, also if it is open; 0: none");
    }

    /// <summary>Removal of what nothing needs, of all federations together.</summary>
    public static void MapCollection(this IEndpointRouteBuilder app) =>
        app.MapPost("/v1/gc", CollectAsync)
            .AddEndpointFilter<LoopbackOnly>()
            .WithMetadata(new BodyLimit(BodyLimit.SmallJson))
            .Accepts<CollectionRequest>("application/json")
            .Produces<CollectionReport>()
            .WithProblems(400, 403, 404, 415)
            .WithName("CollectGarbage")
            .WithSummary("Give up old versions, if asked to, and remove blobs that nothing needs");

    private static async Task<IReadOnlyList<ChannelView>> ChannelsAsync(
        string federation, FederationDirectory federations, IGrainFactory grains)
    {
        await federations.GetAsync(RouteNames.Require(federation, "federation"));
        return await grains.GetGrain<IModelRegistryGrain>(federation).GetChannels();
    }

    private static async Task<ChannelView> PromoteAsync(
        string federation,
        HttpRequest request,
        FederationDirectory federations,
        IGrainFactory grains,
        CancellationToken aborted)
    {
        await federations.GetAsync(RouteNames.Require(federation, "federation"));
        var order = await JsonBody.ReadAsync<PromotionRequest>(request, aborted);
        OrderTexts.Require(order.By, order.Reason);
        return await grains.GetGrain<IModelRegistryGrain>(federation).Promote(order);
    }

    private static async Task<GlobalView> RollBackAsync(
        string federation,
        HttpRequest request,
        FederationDirectory federations,
        IGrainFactory grains,
        StatusFeeds feeds,
        CancellationToken aborted)
    {
        await federations.GetAsync(RouteNames.Require(federation, "federation"));
        var order = await JsonBody.ReadAsync<RollbackRequest>(request, aborted);
        OrderTexts.Require(order.By, order.Reason);
        var view = await grains.GetGrain<IGlobalAggregatorGrain>(federation).RollBack(order);
        feeds.Nudge(federation);
        return view;
    }

    private static Func<string, HttpRequest, IGrainFactory, CancellationToken, Task<TierDeadlines>> SetDeadline(
        DeadlineTier tier) => async (federation, request, grains, aborted) =>
    {
        var grain = grains.GetGrain<IFederationGrain>(RouteNames.Require(federation, "federation"));
        var order = await JsonBody.ReadAsync<DeadlineOrder>(request, aborted);
        OrderTexts.Require(order.By, order.Reason);
        return await grain.SetDeadline(tier, order);
    };

    private static async Task<CollectionReport> CollectAsync(
        HttpRequest request, BlobCollector collector, CancellationToken aborted)
    {
        var order = await JsonBody.ReadAsync<CollectionRequest>(request, aborted);
        OrderTexts.Require(order.By, order.Reason);
        return await collector.RunAsync(order, aborted);
    }
}
