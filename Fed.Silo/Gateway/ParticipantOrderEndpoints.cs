using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Participants;
using Fed.Silo.Gateway.Status;
using Orleans;

namespace Fed.Silo.Gateway;

/// <summary>What stewards order of one participant; from the server's own machine only.</summary>
internal static class ParticipantOrderEndpoints
{
    public static void MapParticipantOrders(this RouteGroupBuilder group)
    {
        group.MapGet("{federation}/participants/{participant}/key", KeyAsync)
            .AddEndpointFilter<LoopbackOnly>()
            .Produces<ParticipantKey>()
            .WithProblems(400, 403, 404)
            .WithName("GetKey")
            .WithSummary("A participant's public key, and who has reset earlier ones, when and why");

        group.MapPost("{federation}/participants/{participant}/key/reset", ResetKeyAsync)
            .AddEndpointFilter<LoopbackOnly>()
            .WithMetadata(new BodyLimit(BodyLimit.SmallJson))
            .Accepts<StewardOrder>("application/json")
            .Produces<ParticipantKey>()
            .WithProblems(400, 403, 404, 415)
            .WithName("ResetKey")
            .WithSummary("Forget a participant's key: the next enrolment with another one keeps that");

        MapSuspension(group, "suspend", suspended: true)
            .WithName("Suspend")
            .WithSummary("Refuse a participant's tasks and updates until it is resumed, and wait for it no longer");
        MapSuspension(group, "resume", suspended: false)
            .WithName("Resume")
            .WithSummary("End a participant's suspension");

        group.MapGet("{federation}/clusters/{cluster}/suspensions", SuspensionsAsync)
            .AddEndpointFilter<LoopbackOnly>()
            .Produces<Suspensions>()
            .WithProblems(400, 403, 404)
            .WithName("GetSuspensions")
            .WithSummary("Who of a cluster is suspended, and was, by whom, when and why");
    }

    private static RouteHandlerBuilder MapSuspension(RouteGroupBuilder group, string verb, bool suspended) =>
        group.MapPost(
                $"{{federation}}/participants/{{participant}}/{verb}",
                async (
                    string federation,
                    string participant,
                    HttpRequest request,
                    IGrainFactory grains,
                    StatusFeeds feeds,
                    CancellationToken aborted) =>
                {
                    var key = RouteNames.ParticipantKey(federation, participant);
                    var order = await OrderTexts.ReadAsync(request, aborted);
                    var result = await grains.GetGrain<IParticipantGrain>(key).SetSuspended(suspended, order);
                    feeds.Nudge(federation);
                    return result;
                })
            .AddEndpointFilter<LoopbackOnly>()
            .WithMetadata(new BodyLimit(BodyLimit.SmallJson))
            .Accepts<StewardOrder>("application/json")
            .Produces<Suspensions>()
            .WithProblems(400, 403, 404, 415);

    private static Task<Suspensions> SuspensionsAsync(string federation, string cluster, IGrainFactory grains) =>
        grains.GetGrain<IClusterAggregatorGrain>(GrainKeys.Within(
            RouteNames.Require(federation, "federation"), RouteNames.Require(cluster, "cluster"))).GetSuspensions();

    private static Task<ParticipantKey> KeyAsync(string federation, string participant, IGrainFactory grains) =>
        grains.GetGrain<IParticipantGrain>(RouteNames.ParticipantKey(federation, participant)).GetKey();

    private static async Task<ParticipantKey> ResetKeyAsync(
        string federation,
        string participant,
        HttpRequest request,
        IGrainFactory grains,
        StatusFeeds feeds,
        CancellationToken aborted)
    {
        var key = RouteNames.ParticipantKey(federation, participant);
        var order = await OrderTexts.ReadAsync(request, aborted);
        var result = await grains.GetGrain<IParticipantGrain>(key).ResetKey(order);
        feeds.Nudge(federation);
        return result;
    }
}
