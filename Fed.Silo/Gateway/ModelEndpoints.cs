using Fed.Grains.Telemetry;
using Fed.Silo.Storage;
using Microsoft.Net.Http.Headers;

namespace Fed.Silo.Gateway;

/// <summary>Models by hash.</summary>
internal static class ModelEndpoints
{
    public static void MapModels(this RouteGroupBuilder group) =>
        group.MapMethods("{federation}/models/{sha256}", [HttpMethods.Get, HttpMethods.Head], DownloadAsync)
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream")
            .Produces(StatusCodes.Status206PartialContent, contentType: "application/octet-stream")
            .Produces(StatusCodes.Status304NotModified)
            .WithProblems(404, 416)
            .WithName("DownloadModel")
            .WithSummary("A model as safetensors; strong ETag, Range, If-None-Match");

    private static async Task<IResult> DownloadAsync(
        string federation,
        string sha256,
        ParticipantDesk desk,
        FedMetrics metrics,
        HttpContext context,
        CancellationToken aborted)
    {
        var reader = await desk.OpenModelAsync(federation, sha256, aborted);
        // The name is the hash of the content: whoever has it need never ask again.
        context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        return TypedResults.Stream(
            new BlobStream(reader, bytes => metrics.Downloaded(federation, bytes)),
            "application/octet-stream",
            entityTag: new EntityTagHeaderValue($"\"{sha256}\""),
            enableRangeProcessing: HasBytes(context.Request.Headers.Range.ToString()));
    }

    /// <summary>
    /// A range in a unit that we do not know is ignored (RFC 9110, 14.2); the framework takes any unit for bytes.
    /// </summary>
    private static bool HasBytes(string range) =>
        range.Length == 0 || range.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase);
}
