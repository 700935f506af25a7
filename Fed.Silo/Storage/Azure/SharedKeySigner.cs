using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Fed.Silo.Storage.Azure;

/// <summary>
/// Signs requests with an account's key (learn.microsoft.com, "Authorize with Shared Key", version 2015-02-21 and
/// later: a Content-Length of zero is left empty).
/// </summary>
internal sealed class SharedKeySigner(string account, byte[] key)
{
    public void Sign(HttpRequestMessage request)
    {
        var text = Encoding.UTF8.GetBytes(StringToSign(request, account));
        var signature = Convert.ToBase64String(HMACSHA256.HashData(key, text));
        request.Headers.Authorization = new AuthenticationHeaderValue("SharedKey", $"{account}:{signature}");
    }

    public static string StringToSign(HttpRequestMessage request, string account)
    {
        var length = request.Content?.Headers.ContentLength ?? 0;
        string[] lines =
        [
            request.Method.Method,
            Header(request, "Content-Encoding"),
            Header(request, "Content-Language"),
            length == 0 ? "" : length.ToString(),
            Header(request, "Content-MD5"),
            Header(request, "Content-Type"),
            Header(request, "Date"),
            Header(request, "If-Modified-Since"),
            Header(request, "If-Match"),
            Header(request, "If-None-Match"),
            Header(request, "If-Unmodified-Since"),
            Header(request, "Range"),
            .. CanonicalHeaders(request),
            .. CanonicalResource(request.RequestUri!, account),
        ];
        return string.Join('\n', lines);
    }

    private static string Header(HttpRequestMessage request, string name)
    {
        var headers = (HttpHeaders?)request.Content?.Headers;
        return headers?.NonValidated.TryGetValues(name, out var values) == true
            || request.Headers.NonValidated.TryGetValues(name, out values)
                ? values.ToString()
                : "";
    }

    private static IEnumerable<string> CanonicalHeaders(HttpRequestMessage request) =>
        request.Headers.NonValidated
            .Select(header => (Name: header.Key.ToLowerInvariant(), Value: header.Value.ToString()))
            .Where(header => header.Name.StartsWith("x-ms-", StringComparison.Ordinal))
            .OrderBy(header => header.Name, StringComparer.Ordinal)
            .Select(header => $"{header.Name}:{header.Value.Trim()}");

    /// <summary>
    /// The account, then the path as it is in the address: where that names the account too (Azurite), it comes twice.
    /// </summary>
    private static IEnumerable<string> CanonicalResource(Uri address, string account)
    {
        yield return $"/{account}{address.AbsolutePath}";
        var parameters = address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(parameter => parameter.Split('=', 2))
            .ToLookup(
                pair => Uri.UnescapeDataString(pair[0]).ToLowerInvariant(),
                pair => pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : "");
        foreach (var parameter in parameters.OrderBy(group => group.Key, StringComparer.Ordinal))
            yield return $"{parameter.Key}:{string.Join(',', parameter.Order(StringComparer.Ordinal))}";
    }
}
