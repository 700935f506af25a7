using Fed.Contracts.Participants;
using Fed.Silo.Gateway.Status;
using Fed.Silo.Gateway.Updates;
using Orleans;

namespace Fed.Silo.Gateway;

/// <summary>A participant says who it is and with which key it signs.</summary>
internal static class EnrolmentEndpoints
{
    public static void MapEnrolment(this RouteGroupBuilder group) =>
        group.MapPut("{federation}/participants/{participant}/enrolment", EnrolAsync)
            .WithMetadata(new BodyLimit(BodyLimit.SmallJson))
            .Accepts<EnrolmentRequest>("application/json")
            .Produces<Enrolment>()
            .WithProblems(400, 401, 404, 415)
            .WithName("Enrol")
            .WithSummary("Enrol with cluster, task and public key; the first key is kept until a steward resets it");

    private static async Task<Enrolment> EnrolAsync(
        string federation,
        string participant,
        HttpRequest request,
        IGrainFactory grains,
        StatusFeeds feeds,
        CancellationToken aborted)
    {
        var key = RouteNames.ParticipantKey(federation, participant);
        var enrolment = await JsonBody.ReadAsync<EnrolmentRequest>(request, aborted);
        using (UpdateSignature.ImportKey(enrolment.PublicKey))
        {
            // Only imported to be sure that it is a P-256 key before it is kept.
        }

        var result = await grains.GetGrain<IParticipantGrain>(key).Enrol(enrolment);
        feeds.Nudge(federation);
        return result;
    }
}
