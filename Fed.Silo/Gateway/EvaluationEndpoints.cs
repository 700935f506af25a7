using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Wire;
using Fed.Silo.Gateway.Status;
using Fed.Silo.Gateway.Updates;
using Fed.Silo.Storage;
using Orleans;

namespace Fed.Silo.Gateway;

/// <summary>Reports of how well a version does on a participant's own held-out data.</summary>
internal static class EvaluationEndpoints
{
    /// <summary>Sums over the largest roster stay far below what 64 bits hold.</summary>
    public const long MaxExamples = 1_000_000_000;

    public static void MapEvaluations(this RouteGroupBuilder group) =>
        group.MapPost("{federation}/participants/{participant}/evaluations", ReportAsync)
            .WithMetadata(new BodyLimit(BodyLimit.SmallJson))
            .Accepts<EvaluationReport>("application/json")
            .Produces(StatusCodes.Status204NoContent)
            .WithProblems(400, 401, 403, 404, 409, 415)
            .WithName("ReportEvaluation")
            .WithSummary("Report the evaluation of one version");

    private static async Task<IResult> ReportAsync(
        string federation,
        string participant,
        HttpRequest request,
        IGrainFactory grains,
        KeyCache keys,
        StatusFeeds feeds,
        CancellationToken aborted)
    {
        var grain = grains.GetGrain<IParticipantGrain>(RouteNames.ParticipantKey(federation, participant));
        var (report, sha256) = await JsonBody.ReadHashedAsync<EvaluationReport>(request, aborted);
        UpdateSignature.Require(
            (string?)request.Headers[WireFormat.SignatureHeader],
            await grain.GetPublicKey(),
            WireFormat.EvaluationText(federation, participant, sha256),
            keys);
        Check(report);
        await grain.Report(report);
        feeds.Nudge(federation);
        return TypedResults.NoContent();
    }

    private static void Check(EvaluationReport report)
    {
        if (report.Version < 0)
            throw Invalid($"version is {report.Version}; it must be at least 0", "send the one that the task named");
        if (!BlobName.IsValid(report.ModelSha256))
            throw Invalid("modelSha256 is not 64 lower-case hex digits", "send the hash that the task named");
        if (report.Examples is < 1 or > MaxExamples)
        {
            throw Invalid(
                $"examples is {report.Examples}; it must be 1 to {MaxExamples}",
                "report only when there was at least one example");
        }

        if (report.Correct < 0 || report.Correct > report.Examples)
        {
            throw Invalid(
                $"correct is {report.Correct}; it must be 0 to examples, {report.Examples}",
                "count the examples that were told right");
        }

        if (!double.IsFinite(report.Loss) || report.Loss < 0)
        {
            throw Invalid(
                $"loss is {report.Loss}; it must be finite and at least 0",
                "do not report a model whose loss is neither");
        }

        if (report.ClippedShare is { } share && share is not (>= 0 and <= 1))
            throw Invalid($"clippedShare is {share}; it must be 0 to 1", "leave it out where it is not known");
    }

    private static RefusedException Invalid(string message, string remedy) =>
        new(RefusalCode.InvalidRequest, message, remedy);
}
