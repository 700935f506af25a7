using System.Text.Json.Nodes;
using Fed.Client;

namespace Fed.Tests.Client.Chaos;

/// <summary>A federation of processes under kills, from the command line to the figures.</summary>
public sealed class ChaosProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-chaos-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Chaos_OfFourKills_LosesAndDoublesNothingAndEndsWithTheSameModel()
    {
        var json = Path.Combine(_folder, "chaos.json");

        // TMPDIR: what it keeps when it fails, and what it may leave, is in the test's own folder.
        var (code, output, error) = await FedProcess.RunAsync(
            new() { ["TMPDIR"] = _folder, ["DOTNET_EnableDiagnostics"] = "0" },
            "chaos", "--kills", "4", "--seed", "1", "--json", json);

        Assert.True(code == ExitCode.Success, output + error);
        var figures = JsonNode.Parse(await File.ReadAllTextAsync(json))!.AsObject();
        Assert.Equal(4, (int)figures["kills"]!);
        Assert.Equal(0, (long)figures["lost"]!);
        Assert.Equal(0, (long)figures["doubled"]!);
        Assert.True((bool)figures["sha256Equal"]!);
        Assert.Equal((long)figures["versions"]!, (long)figures["verified"]!);
        Assert.True((long)figures["acknowledged"]! > 0);
        Assert.True((double)figures["recoverySecondsP50"]! > 0);
        Assert.True((double)figures["recoverySecondsMax"]! >= (double)figures["recoverySecondsP50"]!);
        Assert.Equal([json], Directory.EnumerateFileSystemEntries(_folder));
    }
}
