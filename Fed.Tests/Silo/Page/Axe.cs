using System.Text.Json;
using Microsoft.Playwright;

namespace Fed.Tests.Silo.Page;

/// <summary>axe-core, which finds what keeps people from using a page.</summary>
internal static class Axe
{
    private const string Version = "4.14.1";

    private static readonly string s_script = Path.Combine(Installation(), "node_modules", "axe-core", "axe.min.js");

    /// <summary>Null: it is installed.</summary>
    public static string? WhyMissing { get; } =
        File.Exists(s_script) ? null : "axe-core is not installed (./fed test installs it where npm is)";

    /// <summary>All that it holds against the page as it is, with the elements.</summary>
    public static async Task<IReadOnlyList<string>> ViolationsAsync(IPage page)
    {
        await page.EvaluateAsync(await File.ReadAllTextAsync(s_script));
        var found = await page.EvaluateAsync<JsonElement>(
            """
            async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
              .map(one => `${one.id}: ${one.help}: ${one.nodes.map(node => node.html.slice(0, 200)).join("; ")}`)
            """);
        return [.. found.EnumerateArray().Select(each => each.GetString()!)];
    }

    private static string Installation()
    {
        // FED_AXE is where ./fed test put it.
        if (Environment.GetEnvironmentVariable("FED_AXE") is { Length: > 0 } named)
            return named;
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "fedhier", $"axe-core-{Version}");
    }
}
