using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Silo.Federations;
using Fed.Silo.Gateway.Status;
using Orleans;

namespace Fed.Silo.Gateway;

/// <summary>What is going on, once or live.</summary>
internal static class StatusEndpoints
{
    public static void MapStatus(this RouteGroupBuilder group)
    {
        group.MapGet("{federation}/status", (string federation, IGrainFactory grains) =>
                grains.GetGrain<IFederationGrain>(RouteNames.Require(federation, "federation")).GetStatus())
            .Produces<FederationStatus>()
            .WithProblems(404)
            .WithName("GetStatus")
            .WithSummary("Tiers, buffers, who is waited for, staleness, accuracy, participants");

        group.MapGet("{federation}/status/events", WatchAsync)
            .Produces<FederationStatus>(StatusCodes.Status200OK, "text/event-stream")
            .WithProblems(404)
            .WithName("WatchStatus")
            .WithSummary("The status whenever it changes, as server-sent events 'status'; 'beat': the server lives");
    }

    /// <summary>Beside the group: a federation may have any name.</summary>
    public static void MapOverview(this IEndpointRouteBuilder app) =>
        app.MapGet("/v1/overview", OverviewAsync)
            .Produces<IReadOnlyList<FederationSummary>>()
            .WithProblems(400)
            .WithName("GetOverview")
            .WithSummary("The first federations by name, each with its state and newest version");

    private static async Task<IReadOnlyList<FederationSummary>> OverviewAsync(string? limit, IGrainFactory grains)
    {
        var most = (int)RouteNames.Number(limit ?? "100", "limit", 1, VersionEndpoints.MaxLimit);
        var names = await grains.GetGrain<IFederationIndexGrain>(IFederationIndexGrain.Key).List();
        var found = await Task.WhenAll(names.Take(most).Select(name => SummariseAsync(name, grains)));
        return [.. found.OfType<FederationSummary>()];
    }

    /// <returns>Null: the index has the name before its federation, or without one.</returns>
    private static async Task<FederationSummary?> SummariseAsync(string name, IGrainFactory grains)
    {
        try
        {
            return await grains.GetGrain<IFederationGrain>(name).Summarise();
        }
        catch (RefusedException unknown) when (unknown.Code == RefusalCode.UnknownFederation)
        {
            return null;
        }
    }

    private static async Task<IResult> WatchAsync(
        string federation, FederationDirectory federations, StatusFeeds feeds, CancellationToken aborted)
    {
        // Asked first: an unknown federation must be a 404, not a stream that breaks off.
        await federations.GetAsync(RouteNames.Require(federation, "federation"));
        return TypedResults.ServerSentEvents(feeds.ReadAsync(federation, aborted));
    }
}
