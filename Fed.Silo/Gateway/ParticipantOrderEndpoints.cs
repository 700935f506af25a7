using Fed.Contracts;
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
    }

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
