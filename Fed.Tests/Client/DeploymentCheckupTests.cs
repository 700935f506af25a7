using System.Text.Json.Nodes;
using Fed.Cli;
using Fed.Cli.Commands;
using Fed.Client;
using Fed.Contracts;
using Fed.Tests.Silo;
using Microsoft.Extensions.Time.Testing;

namespace Fed.Tests.Client;

/// <summary><c>fed doctor --server</c>.</summary>
public sealed class DeploymentCheckupTests(SharedSilo shared) : IClassFixture<SharedSilo>
{
    [Fact]
    public async Task Doctor_OfASiloThatServes_IsContentAndNamesItsFederations()
    {
        var federation = await shared.CreateAsync();

        var (code, output) = await RunAsync("--server", shared.Silo.Host.Address.ToString());

        Assert.Equal(ExitCode.Success, code);
        Assert.Contains($"{shared.Silo.Host.Address} serves, FedHier 0.1.0", output, StringComparison.Ordinal);
        Assert.Contains("this program is 0.1.0, too", output, StringComparison.Ordinal);
        Assert.Contains("s from the gateway's", output, StringComparison.Ordinal);
        Assert.Matches($"(?m)^{federation.Name} +ok +running, global version 0$", output);
    }

    [Fact]
    public async Task Doctor_AsJson_SaysTheSame()
    {
        var (code, output) = await RunAsync("--json", "--server", shared.Silo.Host.Address.ToString());

        Assert.Equal(ExitCode.Success, code);
        var diagnosis = JsonNode.Parse(output)!;
        Assert.True((bool)diagnosis["healthy"]!);
        Assert.Equal("gateway", (string?)diagnosis["checks"]![0]!["name"]);
    }

    [Fact]
    public async Task Checkup_WithBuffersThatWaitAndAnotherClock_SaysWhoIsMissingAndWhatHelps()
    {
        var federation = await shared.CreateAsync(settings =>
            settings["clusterTier"] = new JsonObject { ["goal"] = 2 });
        using var participant = await federation.EnrolAsync();
        using var sent = await participant.SendAsync(1, TestParticipant.Update(federation.InitialModel));
        var later = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(5));

        var diagnosis = await DeploymentCheckup.RunAsync(shared.Silo.Host.Address, later, CancellationToken.None);

        var one = Assert.Single(diagnosis.Checks, check => check.Name == federation.Name);
        Assert.False(one.Works);
        Assert.Contains("tier h264 has waited 5 h for b: ask them, or 'fed admin suspend'", one.Finding);
        var clock = Assert.Single(diagnosis.Checks, check => check.Name == "clock");
        Assert.False(clock.Works);
        Assert.Contains("let both follow a time server", clock.Finding, StringComparison.Ordinal);
        Assert.True(diagnosis.Healthy);
    }

    [Fact]
    public async Task Doctor_OfNoSilo_FailsAndSaysWhy()
    {
        var (code, output) = await RunAsync("--server", "http://127.0.0.1:1/");

        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("FAILS", output, StringComparison.Ordinal);
        Assert.Contains("the server cannot be reached", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_OfAnotherServer_FailsAndSaysWhy()
    {
        var (code, output) = await RunAsync("--server", new Uri(shared.Silo.Host.Address, "elsewhere").ToString());

        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("FAILS", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        var code = await CommandLine.Create().Parse(["doctor", .. arguments]).InvokeAsync(new() { Output = output });
        return (code, output.ToString());
    }
}
