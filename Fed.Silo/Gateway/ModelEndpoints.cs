using Fed.Contracts.Refusals;
using Fed.Contracts.Storage;
using Fed.Core.Models;
using Fed.Silo.Federations;
using Fed.Silo.Storage;
using Microsoft.Net.Http.Headers;

namespace Fed.Silo.Gateway;

/// <summary>
/// Models by hash. Only models of this federation's layout are served: updates and sums live in the same store under
/// equally public hashes, and are nobody's business.
/// </summary>
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
        FederationDirectory federations,
        IBlobStore blobs,
        HttpContext context,
        CancellationToken aborted)
    {
        var profile = await federations.GetAsync(RouteNames.Require(federation, "federation"));
        var reader = BlobName.IsValid(sha256) ? await blobs.OpenAsync(sha256, aborted) : null;
        if (reader is null || !IsModel(reader, profile))
        {
            throw new RefusedException(
                RefusalCode.UnknownModel,
                $"the federation '{federation}' has no model '{(sha256.Length > 64 ? sha256[..64] : sha256)}'",
                "use the modelSha256 of a task or of a version");
        }

        // The name is the hash of the content: whoever has it need never ask again.
        context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        return TypedResults.Stream(
            new BlobStream(reader),
            "application/octet-stream",
            entityTag: new EntityTagHeaderValue($"\"{sha256}\""),
            enableRangeProcessing: HasBytes(context.Request.Headers.Range.ToString()));
    }

    /// <summary>
    /// A range in a unit that we do not know is ignored (RFC 9110, 14.2); the framework takes any unit for bytes.
    /// </summary>
    private static bool HasBytes(string range) =>
        range.Length == 0 || range.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase);

    /// <summary>Closes what is none, and what cannot be read.</summary>
    private static bool IsModel(IBlobReader reader, FederationProfile profile)
    {
        var isModel = false;
        try
        {
            return isModel = SafetensorsHeader.Read(reader).Layout.Hash == profile.LayoutHash;
        }
        catch (InvalidDataException)
        {
            return false;
        }
        finally
        {
            if (!isModel)
                reader.Dispose();
        }
    }
}
