using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Wire;
using Fed.Core.FailPoints;
using Fed.Silo.Gateway.Updates;
using Fed.Silo.Storage;
using Microsoft.AspNetCore.Http.Features;

namespace Fed.Silo.Gateway;

/// <summary>Where contributions arrive over HTTP: what the headers claim, and the body, go to the intake.</summary>
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
        ContributionIntake intake,
        CancellationToken aborted)
    {
        var number = RouteNames.Number(sequence, "sequence", 1, long.MaxValue);
        MediaTypes.Require(request, WireFormat.UpdateType);
        var claimed = new ContributionOffer(
            participant,
            number,
            Convert.ToHexStringLower(ContentDigest.Parse(request.Headers[WireFormat.DigestHeader])),
            RequireLength(request),
            RequireBaseModel(request),
            ContributionOffer.NotYetKnown,
            (string?)request.Headers[WireFormat.SignatureHeader] ?? "");
        var (receipt, isNew) = await TakeAsync(intake, federation, claimed, request.Body, aborted);
        FailPoint.Hit(FailPointNames.GatewayBeforeResponse);
        return isNew ? TypedResults.Created(request.Path, receipt) : TypedResults.Ok(receipt);
    }

    private static async Task<Acceptance> TakeAsync(
        ContributionIntake intake,
        string federation,
        ContributionOffer claimed,
        Stream body,
        CancellationToken aborted)
    {
        try
        {
            return await intake.ReceiveAsync(federation, claimed, body, aborted);
        }
        catch (BadHttpRequestException truncated) when (truncated.StatusCode == StatusCodes.Status400BadRequest)
        {
            throw new RefusedException(
                RefusalCode.UpdateTruncated,
                "the body ended before the length that Content-Length names",
                "send the same bytes again under the same sequence number");
        }
    }

    private static string RequireBaseModel(HttpRequest request)
    {
        var named = request.Headers[WireFormat.BaseModelHeader];
        return named.Count == 1 && named[0] is { } sha256 && BlobName.IsValid(sha256)
            ? sha256
            : throw new RefusedException(
                RefusalCode.InvalidRequest,
                named.Count == 0
                    ? $"the header {WireFormat.BaseModelHeader} is missing"
                    : $"the header {WireFormat.BaseModelHeader} is not one SHA-256 of 64 lower-case hex digits",
                "send the modelSha256 of the task that the update was trained for");
    }

    private static long RequireLength(HttpRequest request)
    {
        if (request.ContentLength is not { } length)
        {
            throw new BadHttpRequestException(
                "the header Content-Length is missing", StatusCodes.Status411LengthRequired);
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = length;
        return length;
    }
}
