using System.Text.Json.Nodes;
using Fed.Client;
using Fed.Tests.Silo.Cluster;

namespace Fed.Tests.Client.Chaos;

/// <summary><c>fed cluster demo</c>, from the command line to the figures.</summary>
public sealed class ClusterDemoTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-cluster-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ServersFact]
    public async Task Demo_WhoseSilosAreKilledAndFrozen_LosesAndDoublesNothing()
    {
        var json = Path.Combine(_folder, "cluster.json");

        // TMPDIR: what it keeps when it fails, and what it may leave, is in the test's own folder.
        var (code, output, error) = await FedProcess.RunAsync(
            new() { ["TMPDIR"] = _folder, ["DOTNET_EnableDiagnostics"] = "0" },
            "cluster", "demo", "--faults", "kill,freeze,scale,restart", "--versions", "30", "--json", json);

        Assert.True(code == ExitCode.Success, output + error);
        var figures = JsonNode.Parse(await File.ReadAllTextAsync(json))!.AsObject();
        Assert.Equal(
            [
                "storage", "silos", "kills", "acknowledged", "lost", "doubled", "outageSecondsP50", "outageSecondsMax",
                "versions", "verified", "accuracy", "faults",
            ],
            figures.Select(figure => figure.Key));
        Assert.Equal(("redis", 3), ((string?)figures["storage"], (int)figures["silos"]!));
        Assert.True((int)figures["kills"]! > 0);
        Assert.Equal("kill", (string?)figures["faults"]![0]!["fault"]);
        Assert.True((long)figures["acknowledged"]! > 0);
        Assert.Equal((0, 0), ((long)figures["lost"]!, (long)figures["doubled"]!));
        Assert.Equal((long)figures["versions"]!, (long)figures["verified"]!);
        Assert.True((double)figures["outageSecondsMax"]! >= (double)figures["outageSecondsP50"]!);
        // Of nine classes.
        Assert.InRange((double)figures["accuracy"]!, 0.3, 1);
        Assert.Equal([json], Directory.EnumerateFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData("redis", "redis-server, which is not installed; install it (apt-get install redis-server)")]
    [InlineData("azure", "name that folder in FED_AZURITE")]
    public async Task Demo_WithoutTheServer_SaysWhatIsMissing(string storage, string said)
    {
        var (code, _, error) = await FedProcess.RunAsync(
            new() { ["TMPDIR"] = _folder, ["PATH"] = _folder, ["FED_AZURITE"] = _folder },
            "cluster", "demo", "--storage", storage);

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(said, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--silos", "1")]
    [InlineData("--silos", "17")]
    [InlineData("--storage", "sqlite")]
    [InlineData("--versions", "0")]
    [InlineData("--faults", "kill,flood")]
    public async Task Demo_WithABadOption_IsRefused(string option, string value)
    {
        var (code, _, error) = await FedProcess.RunAsync([], "cluster", "demo", option, value);

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(option, error, StringComparison.Ordinal);
    }
}
