using System.Security.Cryptography;
using System.Text.Json;
using Fed.Contracts;
using Fed.Contracts.Refusals;
using Fed.Core.Text;
using Fed.Silo.Gateway;

namespace Fed.Silo.Json;

/// <summary>Reads a JSON body strictly and says where it is wrong.</summary>
public static class JsonBody
{
    /// <exception cref="RefusedException">Not JSON, or not of this shape.</exception>
    /// <exception cref="BadHttpRequestException">415: not said to be JSON.</exception>
    public static async ValueTask<T> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken)
        where T : class => (await ReadHashedAsync<T>(request, cancellationToken)).Value;

    /// <returns>The body, and the SHA-256 of its bytes, lower-case hex, for signatures.</returns>
    /// <inheritdoc cref="ReadAsync"/>
    public static async ValueTask<(T Value, string Sha256)> ReadHashedAsync<T>(
        HttpRequest request, CancellationToken cancellationToken)
        where T : class
    {
        MediaTypes.Require(request, MediaTypes.Json);
        // As a whole, because messages quote it; how long it may be, the endpoint has bounded.
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        var bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
        return (Read<T>(bytes.Span), Convert.ToHexStringLower(SHA256.HashData(bytes.Span)));
    }

    private static T Read<T>(ReadOnlySpan<byte> json)
        where T : class
    {
        try
        {
            json = JsonText.RequireUtf8(json);
            return JsonSerializer.Deserialize<T>(json, FedJson.Options) ?? throw new JsonException("the body is null");
        }
        catch (JsonException error)
        {
            throw new RefusedException(
                RefusalCode.InvalidRequest,
                JsonFault.Describe(error, json),
                "see /openapi/v1.json for the shape of this request");
        }
    }
}
