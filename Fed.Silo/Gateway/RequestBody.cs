using System.Text.Json;
using Fed.Contracts;
using Fed.Contracts.Refusals;
using Fed.Core.Text;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Fed.Silo.Gateway;

/// <summary>How large a request may be before its body.</summary>
internal static class HeadLimits
{
    public const int Headers = 64;

    public const int HeaderBytes = 16 << 10;

    public const int LineBytes = 8 << 10;
}

/// <summary>How large the body of one endpoint may be; null when the endpoint bounds it itself.</summary>
internal sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata
{
    /// <summary>For enrolments and reports.</summary>
    public const int SmallJson = 64 << 10;
}

/// <summary>What a body is said to be, before it is read.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";

    /// <param name="expected">Type and subtype, without parameters.</param>
    /// <exception cref="BadHttpRequestException">415: no content type, another one, or a content encoding.</exception>
    public static void Require(HttpRequest request, string expected)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals(expected, StringComparison.OrdinalIgnoreCase))
        {
            throw Unsupported(
                request.ContentType is null
                    ? $"the header Content-Type is missing; it must be {expected}"
                    : $"the content type is '{request.ContentType}'; it must be {expected}");
        }

        var encoding = request.Headers.ContentEncoding.ToString();
        if (encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            throw Unsupported($"the content encoding is '{encoding}'; bodies are taken as they are, without one");
    }

    private static BadHttpRequestException Unsupported(string message) =>
        new(message, StatusCodes.Status415UnsupportedMediaType);
}

/// <summary>Reads a JSON body strictly and says where it is wrong.</summary>
internal static class JsonBody
{
    /// <exception cref="RefusedException">Not JSON, or not of this shape.</exception>
    /// <exception cref="BadHttpRequestException">415: not said to be JSON.</exception>
    public static async ValueTask<T> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken)
        where T : class => Parse<T>((await ReadBytesAsync(request, cancellationToken)).Span);

    /// <summary>As a whole, because messages quote it; how long it may be, the endpoint has bounded.</summary>
    /// <exception cref="BadHttpRequestException">415: not said to be JSON.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadBytesAsync(
        HttpRequest request, CancellationToken cancellationToken)
    {
        MediaTypes.Require(request, MediaTypes.Json);
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    /// <exception cref="RefusedException">Not JSON, or not of this shape.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> json)
        where T : class
    {
        try
        {
            json = JsonText.RequireUtf8(json);
            return JsonSerializer.Deserialize<T>(json, FedJson.Options) ?? throw new JsonException();
        }
        catch (JsonException error)
        {
            throw new RefusedException(
                RefusalCode.InvalidRequest,
                JsonFault.Describe(error, json, FedJson.Options.GetTypeInfo(typeof(T))),
                "see /openapi/v1.json for the shape of this request");
        }
    }
}
