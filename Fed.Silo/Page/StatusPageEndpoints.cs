using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Fed.Silo.Page;

/// <summary>The status page at <c>/</c>: plain files in the assembly, no build step, nothing from elsewhere.</summary>
internal static class StatusPageEndpoints
{
    private const string Assets = "Fed.Silo.Page.Assets.";

    // Nothing but our own files: a name in a federation's settings can never become a script.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void MapStatusPage(this IEndpointRouteBuilder app)
    {
        var assembly = typeof(StatusPageEndpoints).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(IsAsset))
        {
            var asset = name[Assets.Length..];
            Map(app, asset == "index.html" ? "/" : $"/page/{asset}", Load(name), ContentTypeOf(asset));
        }
    }

    private static void Map(IEndpointRouteBuilder app, string path, byte[] bytes, string contentType)
    {
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"");
        app.MapGet(path, (HttpResponse response) =>
        {
            response.Headers.ContentSecurityPolicy = Policy;
            response.Headers.XContentTypeOptions = "nosniff";
            response.Headers["Referrer-Policy"] = "no-referrer";
            // Asked for again each time, and sent again only after an update of the silo.
            response.Headers.CacheControl = "no-cache";
            return TypedResults.Bytes(bytes, contentType, entityTag: tag);
        }).ExcludeFromDescription();
    }

    private static bool IsAsset(string name) => name.StartsWith(Assets, StringComparison.Ordinal);

    private static string ContentTypeOf(string asset) => Path.GetExtension(asset) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"the page has no files of type '{other}'"),
    };

    private static byte[] Load(string name)
    {
        using var stream = typeof(StatusPageEndpoints).Assembly.GetManifestResourceStream(name)!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
