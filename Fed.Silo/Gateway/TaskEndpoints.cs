using Fed.Contracts.Participants;
using Fed.Silo.Hosting;

namespace Fed.Silo.Gateway;

/// <summary>The long poll by which participants get their work.</summary>
internal static class TaskEndpoints
{
    public static void MapTasks(this RouteGroupBuilder group) =>
        group.MapGet("{federation}/participants/{participant}/task", NextAsync)
            .Produces<ParticipantTask>()
            .Produces(StatusCodes.Status204NoContent)
            .WithProblems(400, 401, 403, 404)
            .WithName("NextTask")
            .WithSummary("The next task; 204 when there was none within 'wait' seconds");

    private static async Task<IResult> NextAsync(
        string federation,
        string participant,
        string? wait,
        LongPolls polls,
        SiloOptions options,
        SiloPhase phase,
        CancellationToken aborted)
    {
        RouteNames.Require(federation, "federation");
        RouteNames.Require(participant, "participant");
        var most = (long)options.Timeouts.LongPoll.TotalSeconds;
        var seconds = RouteNames.Number(wait ?? "0", "wait", 0, most);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(aborted, phase.Stopping);
        var task = await polls.NextTaskAsync(federation, participant, TimeSpan.FromSeconds(seconds), ended.Token);
        return task is null ? TypedResults.NoContent() : TypedResults.Ok(task);
    }
}
