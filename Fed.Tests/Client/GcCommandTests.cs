using System.Text.Json.Nodes;
using Fed.Client;
using Fed.Client.Protocol;
using Fed.Contracts.Versions;
using Fed.Tests.Client.Chaos;

namespace Fed.Tests.Client;

/// <summary><c>fed admin gc</c> as a process, against a real silo on which an agent has trained six versions.</summary>
public sealed class GcCommandTests : IAsyncLifetime, IDisposable
{
    private readonly AgentHarness _house = new("a", "h264");
    private ClientSilo _silo = null!;

    public async Task InitializeAsync()
    {
        _silo = await ClientSilo.StartAsync(ClientSilo.Settings(targetVersions: 6));
        await _house.RunAsync(_silo.Address);
    }

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    public void Dispose() => _house.Dispose();

    [Fact]
    public async Task Gc_KeepTwo_LeavesAFederationThatAuditsWhole()
    {
        _silo.AgeBlobs(TimeSpan.FromHours(2));

        var dry = await GcAsync("--keep", "2", "--dry-run");
        var (code, output, error) = await GcAsync("--keep", "2", "--by", "steward", "--reason", "disk");

        Assert.True(code == ExitCode.Success, error);
        Assert.Contains("codecs keeps ", output, StringComparison.Ordinal);
        Assert.Contains("global from 5", output, StringComparison.Ordinal);
        Assert.Equal(
            Line(dry.Output, "would be removed: ")["would be ".Length..], Line(output, "removed: "));
        Assert.DoesNotContain("removed: 0 blobs", output, StringComparison.Ordinal);
        var audit = await FedProcess.RunAsync([], ["audit", "verify", .. Server, "--federation", ClientSilo.Federation]);
        Assert.True(audit.Code == ExitCode.Success, audit.Output + audit.Error);
        Assert.DoesNotContain(" 0 no longer kept", audit.Output, StringComparison.Ordinal);
        var given = await FedProcess.RunAsync(
            [], ["audit", "verify", "--version", "3", .. Server, "--federation", ClientSilo.Federation]);
        Assert.NotEqual(ExitCode.Success, given.Code);
        Assert.Contains("version 3 of 'global' was given up", given.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gc_Json_IsTheReport()
    {
        var (code, output, error) = await GcAsync("--json", "--dry-run");

        Assert.True(code == ExitCode.Success, error);
        var report = JsonNode.Parse(output)!;
        Assert.True((long)report["needed"]!["blobs"]! > 10);
        Assert.Equal(0, (long)report["removed"]!["blobs"]!);
        Assert.True((bool)report["dryRun"]!);
    }

    [Theory]
    [InlineData("--keep", "0", "keep is 0")]
    [InlineData("--grace", "0", "graceMinutes is 0")]
    [InlineData("--federation", "nobody", "no such federation")]
    public async Task Gc_WrongOption_IsRefusedWithAReason(string option, string value, string expected)
    {
        var (code, _, error) = await GcAsync(option, value);

        Assert.NotEqual(ExitCode.Success, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RollbackAndDiff_OfACollectedVersion_SayThatItIsGone()
    {
        await GcAsync("--keep", "2");
        using var client = new FederationClient(_silo.Address);

        var refused = await Assert.ThrowsAsync<ProtocolException>(() => client.RollBackAsync(
            ClientSilo.Federation, new RollbackRequest(1, "steward", "wrong"), CancellationToken.None));
        var diff = await FedProcess.RunAsync(
            [], ["admin", "diff", "1", "6", .. Server, "--federation", ClientSilo.Federation]);
        var list = await FedProcess.RunAsync(
            [], ["admin", "versions", .. Server, "--federation", ClientSilo.Federation]);

        Assert.Contains("no longer kept", refused.Message, StringComparison.Ordinal);
        Assert.Contains("version 1 of 'global' is no longer kept", diff.Error, StringComparison.Ordinal);
        Assert.Equal(5, list.Output.Split('\n').Count(line => line.EndsWith("collected", StringComparison.Ordinal)));
        var record = await FedProcess.RunAsync(
            [], ["admin", "versions", "--tier", "retention", .. Server, "--federation", ClientSilo.Federation]);
        Assert.Contains("retention", record.Output, StringComparison.Ordinal);
    }

    private string[] Server => ["--server", _silo.Address.ToString()];

    private static string Line(string output, string start) =>
        output.Split('\n').Single(line => line.StartsWith(start, StringComparison.Ordinal));

    private Task<(int Code, string Output, string Error)> GcAsync(params string[] options) =>
        FedProcess.RunAsync([], ["admin", "gc", .. Server, .. options]);
}
