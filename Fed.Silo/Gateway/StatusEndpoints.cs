using Fed.Contracts.Federations;
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

    private static async Task<IResult> WatchAsync(
        string federation, FederationDirectory federations, StatusFeeds feeds, CancellationToken aborted)
    {
        // Asked first: an unknown federation must be a 404, not a stream that breaks off.
        await federations.GetAsync(RouteNames.Require(federation, "federation"));
        return TypedResults.ServerSentEvents(feeds.ReadAsync(federation, aborted));
    }
}
