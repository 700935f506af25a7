namespace Fed.Silo.Page;

/// <summary>The status page at <c>/</c>: plain files in the assembly, no build step, nothing from elsewhere.</summary>
internal static class StatusPageEndpoints
{
    // Nothing but our own files: a name in a federation's settings can never become a script.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly (string Path, string Asset, string ContentType)[] Files =
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/page/page.css", "page.css", "text/css; charset=utf-8"),
        ("/page/page.js", "page.js", "text/javascript; charset=utf-8"),
        ("/page/tables.js", "tables.js", "text/javascript; charset=utf-8"),
        ("/page/chart.js", "chart.js", "text/javascript; charset=utf-8"),
        ("/page/icon.svg", "icon.svg", "image/svg+xml"),
    ];

    public static void MapStatusPage(this IEndpointRouteBuilder app)
    {
        foreach (var (path, asset, contentType) in Files)
        {
            var bytes = Load(asset);
            app.MapGet(path, (HttpResponse response) =>
            {
                response.Headers.ContentSecurityPolicy = Policy;
                response.Headers.XContentTypeOptions = "nosniff";
                response.Headers["Referrer-Policy"] = "no-referrer";
                response.Headers.CacheControl = "no-cache";
                return TypedResults.Bytes(bytes, contentType);
            }).ExcludeFromDescription();
        }
    }

    private static byte[] Load(string asset)
    {
        var name = $"Fed.Silo.Page.Assets.{asset}";
        using var stream = typeof(StatusPageEndpoints).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the assembly lacks {name}");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
