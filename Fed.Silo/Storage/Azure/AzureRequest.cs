using System.Net.Http.Headers;

namespace Fed.Silo.Storage.Azure;

/// <summary>One request of the Blob service, which may be sent more than once.</summary>
/// <param name="Path">Behind the account's address: container, or container/blob.</param>
internal sealed record AzureRequest(HttpMethod Method, string Path, string Query = "")
{
    /// <summary>The REST version that the requests are written for; Azurite 3.14 and later know it.</summary>
    private const string Version = "2021-12-02";

    public ReadOnlyMemory<byte> Body { get; init; }

    public string? ContentType { get; init; }

    /// <summary>MD5 of the body: the service compares it, so that what arrives is what was sent.</summary>
    public byte[]? Md5 { get; init; }

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>A message for one try, not signed yet.</summary>
    public HttpRequestMessage ToMessage(Uri endpoint, DateTimeOffset now)
    {
        var query = Query == "" ? "" : "?" + Query;
        var message = new HttpRequestMessage(Method, $"{endpoint.AbsoluteUri.TrimEnd('/')}/{Path}{query}");
        message.Headers.TryAddWithoutValidation("x-ms-date", now.ToString("R"));
        message.Headers.TryAddWithoutValidation("x-ms-version", Version);
        foreach (var (name, value) in Headers)
            message.Headers.TryAddWithoutValidation(name, value);
        if (Method != HttpMethod.Put)
            return message;
        message.Content = new ReadOnlyMemoryContent(Body);
        message.Content.Headers.ContentLength = Body.Length;
        message.Content.Headers.ContentMD5 = Md5;
        if (ContentType is not null)
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        return message;
    }

    public override string ToString() => $"{Method} {Path}{(Query == "" ? "" : "?" + Query)}";
}
