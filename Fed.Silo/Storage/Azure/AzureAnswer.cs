using System.Net;

namespace Fed.Silo.Storage.Azure;

/// <summary>What the service answered, whole.</summary>
/// <param name="ErrorCode">Azure's name of an error, null when it gave none.</param>
/// <param name="Length">Content-Length; of the blob, for HEAD.</param>
/// <param name="BlobLength">The whole blob's bytes, for a range.</param>
internal sealed record AzureAnswer(
    HttpStatusCode Status, string? ErrorCode, byte[] Body, long? Length = null, long? BlobLength = null)
{
    public bool IsTransient =>
        Status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)Status >= 500;

    public bool IsDenied => Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;

    public static async Task<AzureAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var code = response.Headers.TryGetValues("x-ms-error-code", out var codes) ? codes.First() : null;
        var headers = response.Content.Headers;
        return new AzureAnswer(
            response.StatusCode,
            code,
            await response.Content.ReadAsByteArrayAsync(cancellationToken),
            headers.ContentLength,
            headers.ContentRange?.Length);
    }

    public override string ToString() => ErrorCode is null ? $"{(int)Status}" : $"{(int)Status} {ErrorCode}";
}
