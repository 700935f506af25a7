using Fed.Contracts.Participants;
using Fed.Contracts.Wire;
using Fed.Silo.Hosting;

namespace Fed.Silo.Gateway;

/// <summary>
/// A participant's small requests over HTTP: it enrols, gets its work by long poll, reports, and looks for a receipt.
/// </summary>
internal static class ParticipantEndpoints
{
    public static void MapParticipants(this RouteGroupBuilder group)
    {
        group.MapPut("{federation}/participants/{participant}/enrolment", EnrolAsync)
            .WithMetadata(new BodyLimit(BodyLimit.SmallJson))
            .Accepts<EnrolmentRequest>("application/json")
            .Produces<Enrolment>()
            .WithProblems(400, 401, 404, 415)
            .WithName("Enrol")
            .WithSummary("Enrol with cluster, task and public key; the first key is kept until a steward resets it");

        group.MapGet("{federation}/participants/{participant}/task", NextTaskAsync)
            .Produces<ParticipantTask>()
            .Produces(StatusCodes.Status204NoContent)
            .WithProblems(400, 401, 403, 404)
            .WithName("NextTask")
            .WithSummary("The next task; 204 when there was none within 'wait' seconds");

        group.MapPost("{federation}/participants/{participant}/evaluations", ReportAsync)
            .WithMetadata(new BodyLimit(BodyLimit.SmallJson))
            .Accepts<EvaluationReport>("application/json")
            .Produces(StatusCodes.Status204NoContent)
            .WithProblems(400, 401, 403, 404, 409, 415)
            .WithName("ReportEvaluation")
            .WithSummary("Report the evaluation of one version");

        group.MapGet("{federation}/participants/{participant}/receipts/{sequence}", FindReceiptAsync)
            .Produces<ReceiptStanding>()
            .WithProblems(400, 404, 409)
            .WithName("FindReceipt")
            .WithSummary("A contribution's receipt, whether it is consumed, and by which version");
    }

    private static async Task<Enrolment> EnrolAsync(
        string federation, string participant, HttpRequest request, ParticipantDesk desk, CancellationToken aborted)
    {
        RouteNames.ParticipantKey(federation, participant);
        return await desk.EnrolAsync(
            federation, participant, await JsonBody.ReadAsync<EnrolmentRequest>(request, aborted));
    }

    private static async Task<IResult> NextTaskAsync(
        string federation,
        string participant,
        string? wait,
        LongPolls polls,
        SiloOptions options,
        SiloPhase phase,
        CancellationToken aborted)
    {
        RouteNames.ParticipantKey(federation, participant);
        var most = (long)options.Timeouts.LongPoll.TotalSeconds;
        var seconds = RouteNames.Number(wait ?? "0", "wait", 0, most);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(aborted, phase.Stopping);
        var task = await polls.NextTaskAsync(federation, participant, TimeSpan.FromSeconds(seconds), ended.Token);
        return task is null ? TypedResults.NoContent() : TypedResults.Ok(task);
    }

    private static async Task<IResult> ReportAsync(
        string federation, string participant, HttpRequest request, ParticipantDesk desk, CancellationToken aborted)
    {
        RouteNames.ParticipantKey(federation, participant);
        await desk.ReportAsync(
            federation,
            participant,
            await JsonBody.ReadBytesAsync(request, aborted),
            (string?)request.Headers[WireFormat.SignatureHeader]);
        return TypedResults.NoContent();
    }

    private static Task<ReceiptStanding> FindReceiptAsync(
        string federation, string participant, string sequence, ParticipantDesk desk) =>
        desk.FindReceiptAsync(
            federation, participant, RouteNames.Number(sequence, "sequence", 1, long.MaxValue));
}
