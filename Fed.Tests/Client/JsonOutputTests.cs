using System.Text.Json.Nodes;
using Fed.Client;
using Fed.Tests.Client.Chaos;
using Fed.Tests.MediaQc;
using Fed.Tests.Silo;

namespace Fed.Tests.Client;

/// <summary>What programs read of commands is one JSON document on standard output.</summary>
public sealed class JsonOutputTests(SharedSilo shared) : IClassFixture<SharedSilo>
{
    [Fact]
    public async Task AdminOrder_AsJson_IsTheServersAnswer()
    {
        var federation = await shared.CreateAsync();

        var deadlines = await RunAsync(
            "admin", "deadline", "--server", shared.Silo.Host.Address.ToString(), "--federation", federation.Name,
            "--tier", "global", "--seconds", "60", "--reason", "test", "--by", "steward", "--json");

        Assert.Equal(60, (double)deadlines["globalSeconds"]!);
        Assert.Equal("steward", (string?)deadlines["changes"]![0]!["by"]);
    }

    [Fact]
    public async Task AdminDiff_OfAVersionWithItself_AsJson_HasNoDifference()
    {
        var federation = await shared.CreateAsync();

        var difference = await RunAsync(
            "admin", "diff", "0", "0", "--server", shared.Silo.Host.Address.ToString(), "--federation",
            federation.Name, "--json");

        Assert.NotEmpty(difference["tensors"]!.AsArray());
        Assert.Equal(0, (double)difference["all"]!["differenceNorm"]!);
        Assert.True((double)difference["all"]!["norm"]! > 0);
    }

    [Fact]
    public async Task DataShow_AsJson_CountsPatchesByClass()
    {
        var shown = await RunAsync("data", "show", Path.Combine(Repository.Root, "data", "media-qc"), "--json");

        Assert.Equal("media-qc", (string?)shown["name"]);
        Assert.All(shown["parts"]!.AsArray(), part => Assert.Equal(
            (int)part!["samples"]!, part["classes"]!.AsObject().Sum(one => (int)one.Value!)));
    }

    [Fact]
    public async Task Simulate_AsJson_HasTheFiguresOnly()
    {
        var figures = await RunAsync("simulate", "--seeds", "2", "--json");

        Assert.Equal((2, 0), ((int)figures["seeds"]!, (int)figures["failed"]!));
    }

    private static async Task<JsonNode> RunAsync(params string[] arguments)
    {
        var (code, output, error) = await FedProcess.RunAsync([], arguments);
        Assert.Equal((ExitCode.Success, ""), (code, error));
        return JsonNode.Parse(output)!;
    }
}
