using Fed.Contracts.Participants;
using Fed.Contracts.Wire;
using Fed.Core.FailPoints;
using Fed.Silo.Gateway.Status;
using Fed.Silo.Gateway.Updates;

namespace Fed.Silo.Gateway;

/// <summary>Where contributions arrive.</summary>
internal static class UpdateEndpoints
{
    public static void MapUpdates(this RouteGroupBuilder group) =>
        group.MapPut("{federation}/participants/{participant}/updates/{sequence}", ReceiveAsync)
            .WithMetadata(new BodyLimit(null))
            .Accepts<Stream>(WireFormat.UpdateType)
            .Produces<Receipt>(StatusCodes.Status201Created)
            .Produces<Receipt>()
            .WithProblems(400, 401, 403, 404, 408, 409, 411, 413, 415, 500)
            .WithName("SendUpdate")
            .WithSummary("Send an update; 200 and the first receipt for a duplicate");

    private static async Task<IResult> ReceiveAsync(
        string federation,
        string participant,
        string sequence,
        HttpRequest request,
        UpdateUpload upload,
        ILogger<UpdateUpload> logger,
        StatusFeeds feeds,
        CancellationToken aborted)
    {
        var number = RouteNames.Number(sequence, "sequence", 1, long.MaxValue);
        var (receipt, isNew) = await upload.ReceiveAsync(federation, participant, number, request, aborted);
        if (isNew)
            Log.UpdateAccepted(logger, number, participant, federation, request.ContentLength ?? 0);
        feeds.Nudge(federation);
        FailPoint.Hit(FailPointNames.GatewayBeforeResponse);
        return isNew ? TypedResults.Created(request.Path, receipt) : TypedResults.Ok(receipt);
    }
}
