using Microsoft.Net.Http.Headers;

namespace Fed.Silo.Gateway;

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
