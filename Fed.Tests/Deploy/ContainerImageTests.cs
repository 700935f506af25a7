using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Fed.Tests.Silo.Sqlite;

namespace Fed.Tests.Deploy;

/// <summary>The image that the SDK makes of the program, and the one that deploy/Dockerfile describes.</summary>
public sealed partial class ContainerImageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ImageFact]
    public async Task Image_MadeByTheSdk_RunsItsSiloReadOnlyAndAsNobody()
    {
        var archive = await PublishAsync();
        var root = _folder.File("root");
        var config = Unpack(archive, root);

        Assert.Equal("base\n", await File.ReadAllTextAsync(Path.Combine(root, "base")));
        Assert.Equal("1654", (string?)config["User"]);
        Assert.True(config["ExposedPorts"]!.AsObject().ContainsKey("8080/tcp"));
        var said = await RunAsync(root, config);
        Assert.Matches(@"(?m)^ready http://0\.0\.0\.0:8080", said);
        Assert.Matches(@"(?m)^gateway +ok ", said);
        Assert.Contains("health 0\nstopped 0\n", said, StringComparison.Ordinal);
    }

    /// <summary>Of two descriptions of one image, neither is forgotten.</summary>
    [Fact]
    public async Task Dockerfile_OfTheSilo_SaysWhatTheProjectSays()
    {
        var file = await File.ReadAllTextAsync(Repository.PathOf("deploy", "Dockerfile"));
        var project = await File.ReadAllTextAsync(Repository.PathOf("Fed.Cli", "Fed.Cli.csproj"));
        var stage = Stage().Split(file)[2];

        Assert.Contains($"USER {Property("ContainerUser")}\n", stage, StringComparison.Ordinal);
        Assert.Contains($"WORKDIR {Property("ContainerWorkingDirectory")}\n", stage, StringComparison.Ordinal);
        Assert.Contains($"aspnet:${{DOTNET}}-{Property("ContainerFamily")} AS silo\n", stage, StringComparison.Ordinal);
        Assert.Contains($"ENTRYPOINT {Json(Item("ContainerAppCommand"))}\n", stage, StringComparison.Ordinal);
        Assert.Contains($"CMD {Json(Item("ContainerDefaultArgs"))}\n", stage, StringComparison.Ordinal);
        Assert.Contains($"EXPOSE {Item("ContainerPort")}\n", stage, StringComparison.Ordinal);
        var variables = EnvironmentItems().Matches(project).Select(match => $"{match.Groups[1]}={match.Groups[2]}");
        Assert.Contains($"ENV {string.Join(' ', variables)}\n", stage, StringComparison.Ordinal);

        string Property(string name) => Regex.Match(project, $"<{name}>(.*)</{name}>").Groups[1].Value;
        string Item(string name) => Regex.Match(project, $"<{name} Include=\"([^\"]*)\"").Groups[1].Value;
        static string Json(string words) => $"[{string.Join(", ", words.Split(';').Select(word => $"\"{word}\""))}]";
    }

    /// <summary>What linters of such files ask for.</summary>
    [Fact]
    public async Task Dockerfile_EachStage_IsPinnedAndEndsAsAUserWhoIsNotRoot()
    {
        var file = await File.ReadAllTextAsync(Repository.PathOf("deploy", "Dockerfile"));
        var stages = Stage().Split(file)[1..];

        Assert.Equal(3, stages.Length);
        Assert.All(stages, stage => Assert.Matches(@"^mcr\.microsoft\.com/dotnet/\w+:\$\{DOTNET\}-noble", stage));
        Assert.All(stages[1..], stage =>
        {
            Assert.Equal("1654", UserLine().Matches(stage)[^1].Groups[1].Value);
            Assert.Matches(@"(?m)^HEALTHCHECK ", stage);
            Assert.Matches("(?m)^ENTRYPOINT \\[\"", stage);
            Assert.DoesNotMatch(@"(?m)^(ADD|MAINTAINER) |sudo|:latest", stage);
        });
        Assert.All(AptLine().Matches(file), line =>
        {
            Assert.Contains("--no-install-recommends", line.Value, StringComparison.Ordinal);
            Assert.Contains("rm -rf /var/lib/apt/lists/*", line.Value, StringComparison.Ordinal);
        });
    }

    /// <summary>
    /// As docs/images.md says, but on a base of ours, since none is fetched from elsewhere, and of what is built already.
    /// </summary>
    private async Task<string> PublishAsync()
    {
        await using var registry = await ImageRegistry.StartAsync();
        var archive = _folder.File("fed.tar");
        var start = new ProcessStartInfo("flock",
        [
            Repository.PathOf(".fed", "lock"), "dotnet", "publish", Repository.PathOf("Fed.Cli", "Fed.Cli.csproj"),
            "-c", "Release", "-t:PublishContainer", "-p:RunAnalyzers=false", "-p:BuildProjectReferences=false",
            $"-p:ContainerArchiveOutputPath={archive}",
            $"-p:ContainerBaseImage={registry.BaseImage}", "-nologo", "-nodeReuse:false", "-v:q",
        ]);
        Directory.CreateDirectory(Repository.PathOf(".fed"));
        start.Environment["DOTNET_CONTAINER_INSECURE_REGISTRIES"] = registry.Address;
        var (code, output, errors) = await ToolProcess.RunAsync(start);
        Assert.True(code == 0, output + errors);
        return archive;
    }

    /// <summary>All layers over each other; the archive is an OCI image layout.</summary>
    /// <returns>What the image says of how to run it.</returns>
    private JsonNode Unpack(string archive, string root)
    {
        var image = _folder.File("image");
        Directory.CreateDirectory(image);
        Directory.CreateDirectory(root);
        TarFile.ExtractToDirectory(archive, image, overwriteFiles: false);
        var index = JsonNode.Parse(File.ReadAllText(Path.Combine(image, "index.json")))!;
        var manifest = Read(index["manifests"]!.AsArray().Single()!);
        foreach (var layer in manifest["layers"]!.AsArray())
        {
            using var zipped = new GZipStream(File.OpenRead(PathOf(layer!)), CompressionMode.Decompress);
            TarFile.ExtractToDirectory(zipped, root, overwriteFiles: true);
        }

        return Read(manifest["config"]!)["config"]!;

        JsonNode Read(JsonNode descriptor) => JsonNode.Parse(File.ReadAllText(PathOf(descriptor)))!;

        string PathOf(JsonNode descriptor) =>
            Path.Combine([image, "blobs", .. ((string)descriptor["digest"]!).Split(':')]);
    }

    private static async Task<string> RunAsync(string root, JsonNode config)
    {
        string[] entry = [.. config["Entrypoint"]!.AsArray().Select(word => (string)word!)];
        var start = new ProcessStartInfo("unshare",
        [
            "--mount", "--net", "bash", Repository.PathOf("Fed.Tests", "Deploy", "run-image.sh"), root, .. entry,
            .. config["Cmd"]!.AsArray().Select(word => (string)word!),
        ]);
        start.Environment["IMAGE_USER"] = (string)config["User"]!;
        start.Environment["IMAGE_DIRECTORY"] = (string)config["WorkingDir"]!;
        start.Environment["IMAGE_ENV"] = string.Join('\n', config["Env"]!.AsArray());
        start.Environment["IMAGE_HEALTH"] = string.Join('\n', HealthCheck());
        // shared/Microsoft.NETCore.App/VERSION is three below.
        start.Environment["DOTNET"] = Path.GetFullPath(Path.Combine(typeof(object).Assembly.Location, "../../../.."));
        var (code, output, errors) = await ToolProcess.RunAsync(start);
        Assert.True(code == 0, output + errors);
        return output;
    }

    private static string[] HealthCheck()
    {
        var file = File.ReadAllText(Repository.PathOf("deploy", "Dockerfile"));
        var words = Regex.Match(file, @"HEALTHCHECK [^\[]*CMD (\[.*\])").Groups[1].Value;
        return [.. JsonNode.Parse(words)!.AsArray().Select(word => (string)word!)];
    }

    [GeneratedRegex("<ContainerEnvironmentVariable Include=\"(\\w+)\" Value=\"(\\w+)\"")]
    private static partial Regex EnvironmentItems();

    [GeneratedRegex("^FROM ", RegexOptions.Multiline)]
    private static partial Regex Stage();

    [GeneratedRegex("^USER (.*)$", RegexOptions.Multiline)]
    private static partial Regex UserLine();

    [GeneratedRegex(@"^RUN apt-get(.*\\\n)*.*$", RegexOptions.Multiline)]
    private static partial Regex AptLine();
}
