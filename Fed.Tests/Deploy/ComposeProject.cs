using System.Text.Json.Nodes;
using Fed.Client;

namespace Fed.Tests.Deploy;

/// <summary>deploy/compose.yaml as compose reads it: anchors and merges are resolved.</summary>
internal static class ComposeProject
{
    public static string Path { get; } = Repository.PathOf("deploy", "compose.yaml");

    private static readonly Lazy<Task<JsonObject>> s_file = new(async () =>
    {
        var text = await File.ReadAllTextAsync(Path);
        var read = (await Helm.ReadAsync([("compose", text, false)], Installation))["compose"];
        Assert.Empty(read.Problems);
        return read.All.Single();
    });

    /// <summary>The folder that <c>./fed test</c> has installed dclint in; null: it has not.</summary>
    public static string? Installation { get; } = Find();

    public static Task<JsonObject> ReadAsync() => s_file.Value;

    public static async Task<IReadOnlyDictionary<string, ComposeService>> ServicesAsync() =>
        (await ReadAsync()).At("services").AsObject()
            .ToDictionary(each => each.Key, each => new ComposeService(each.Key, each.Value!));

    /// <summary>The compose specification's word on files, and that of a linter.</summary>
    /// <returns>What is wrong, by file; without those that are right.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> CheckAsync(params string[] files)
    {
        var (_, output, errors) = await ToolProcess.RunAsync(new("node",
        [
            System.IO.Path.Combine(Installation!, "node_modules", "dclint", "bin", "dclint.cjs"),
            "--quiet", "--formatter", "json", .. files,
        ]));
        Assert.Empty(errors);
        return JsonNode.Parse(output)!.AsArray().ToDictionary(
            each => each!.Text("filePath")!,
            each => string.Join('\n', each!.List("messages").Select(message => message.Text("message"))));
    }

    private static string? Find()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } folder
            ? folder
            : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        // FED_DCLINT is where ./fed test put it.
        var installed = Environment.GetEnvironmentVariable("FED_DCLINT") is { Length: > 0 } named
            ? named
            : System.IO.Path.Combine(cache, "fedhier", "dclint-3.1.0");
        return Directory.Exists(installed) && Programs.FindOnPath("node") is not null ? installed : null;
    }
}

/// <summary>One service of the file.</summary>
internal sealed record ComposeService(string Name, JsonNode Says)
{
    public string Image => Says.Text("image")!;

    /// <summary>The stage of deploy/Dockerfile; null: the image is somebody else's.</summary>
    public string? Target => Says.Text("build/target");

    public bool IsSilo => Target == "silo";

    public bool IsParticipant => Target == "participant";

    /// <summary>Entry point and command.</summary>
    public string[] Words => [.. Says.List("entrypoint").Concat(Says.List("command")).Select(word => (string)word!)];

    public Dictionary<string, string> Environment =>
        (Says.Find("environment")?.AsObject() ?? []).ToDictionary(each => each.Key, each => (string)each.Value!);

    public ComposeMount[] Mounts => [.. Says.List("volumes").Select(each => ComposeMount.Parse((string)each!))];

    public string[] Temporary => [.. Says.List("tmpfs").Select(each => (string)each!)];

    public string[] Networks => Says.Find("networks") switch
    {
        JsonObject map => [.. map.Select(each => each.Key)],
        JsonArray list => [.. list.Select(each => (string)each!)],
        _ => ["default"],
    };

    /// <summary>Names that it has beside its own.</summary>
    public IEnumerable<string> Aliases => (Says.Find("networks") as JsonObject ?? [])
        .SelectMany(network => network.Value!.List("aliases")).Select(each => (string)each!);
}

/// <param name="Source">A folder or file of this machine, in full; or the name of a volume.</param>
internal sealed record ComposeMount(string Source, string Target, bool IsReadOnly)
{
    public bool IsVolume => !Source.StartsWith('/');

    public static ComposeMount Parse(string text)
    {
        var parts = text.Split(':');
        var source = parts[0].StartsWith('.') ? Path.GetFullPath(parts[0], Repository.PathOf("deploy")) : parts[0];
        return new ComposeMount(source, parts[1], parts.Length > 2 && parts[2] == "ro");
    }
}

/// <summary>A test that reads the file: skipped, and shown as skipped, where nothing is installed that does.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ComposeFactAttribute : FactAttribute
{
    public ComposeFactAttribute() => Skip = ComposeProject.Installation is null
        ? "dclint is not installed (./fed test installs it where Node.js and npm are)"
        : null;
}
