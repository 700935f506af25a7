using System.Net;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Collection;
using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
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

        MapDeadline(group, "cluster", DeadlineTier.Cluster)
            .WithName("SetClusterDeadline")
            .WithSummary("Change the deadline of all clusters' buffers, open ones too; 0: none");

        MapDeadline(group, "global", DeadlineTier.Global)
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

    private static RouteHandlerBuilder MapDeadline(RouteGroupBuilder group, string name, DeadlineTier tier) =>
        group.MapPut(
                $"{{federation}}/deadlines/{name}",
                async (string federation, HttpRequest request, IGrainFactory grains, CancellationToken aborted) =>
                {
                    var grain = grains.GetGrain<IFederationGrain>(RouteNames.Require(federation, "federation"));
                    var order = await JsonBody.ReadAsync<DeadlineOrder>(request, aborted);
                    OrderTexts.Require(order.By, order.Reason);
                    return await grain.SetDeadline(tier, order);
                })
            .AddEndpointFilter<LoopbackOnly>()
            .WithMetadata(new BodyLimit(BodyLimit.SmallJson))
            .Accepts<DeadlineOrder>("application/json")
            .Produces<TierDeadlines>()
            .WithProblems(400, 403, 404, 415);

    private static async Task<CollectionReport> CollectAsync(
        HttpRequest request, BlobCollector collector, CancellationToken aborted)
    {
        var order = await JsonBody.ReadAsync<CollectionRequest>(request, aborted);
        OrderTexts.Require(order.By, order.Reason);
        return await collector.RunAsync(order, aborted);
    }
}

/// <summary>Who orders something, and why: both are recorded, and shown to people.</summary>
internal static class OrderTexts
{
    private const int MaxLength = 200;

    /// <exception cref="RefusedException">One of them is empty, too long, or has control characters.</exception>
    public static void Require(string by, string reason)
    {
        foreach (var (name, text) in new[] { (nameof(by), by), (nameof(reason), reason) })
        {
            if (string.IsNullOrWhiteSpace(text) || text.Length > MaxLength || text.Any(char.IsControl))
            {
                throw new RefusedException(
                    RefusalCode.InvalidRequest,
                    $"{name} is empty, longer than {MaxLength} characters, or has control characters",
                    "say in a few words who orders this, and why: both are recorded");
            }
        }
    }

    /// <summary>An order that says nothing else.</summary>
    /// <inheritdoc cref="Require"/>
    public static async ValueTask<StewardOrder> ReadAsync(HttpRequest request, CancellationToken aborted)
    {
        var order = await JsonBody.ReadAsync<StewardOrder>(request, aborted);
        Require(order.By, order.Reason);
        return order;
    }
}

/// <summary>
/// Lets only this machine in. The peer's address decides; a request that says it was forwarded, or that names the
/// server by anything but a loopback name (DNS rebinding in somebody's browser), is not from this machine.
/// </summary>
public sealed class LoopbackOnly : IEndpointFilter
{
    private static readonly string[] Forwarding = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"];

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        Require(context.HttpContext);
        return next(context);
    }

    /// <exception cref="BadHttpRequestException">It is from elsewhere: 403.</exception>
    public static void Require(HttpContext context)
    {
        if (WhyNot(context) is { } reason)
        {
            throw new BadHttpRequestException(
                $"this call is for the server's own machine, and {reason}", StatusCodes.Status403Forbidden);
        }
    }

    /// <summary>Null: it is from this machine.</summary>
    private static string? WhyNot(HttpContext context)
    {
        var peer = context.Connection.RemoteIpAddress;
        if (peer is null || !IPAddress.IsLoopback(peer))
            return $"it came from {peer}";
        if (Array.Find(Forwarding, context.Request.Headers.ContainsKey) is { } header)
            return $"it came through a proxy: it has the header {header}";
        var host = context.Request.Host.Host;
        return IsLoopbackName(host) ? null : $"it names the server '{host}', which is not 127.0.0.1 or localhost";
    }

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
