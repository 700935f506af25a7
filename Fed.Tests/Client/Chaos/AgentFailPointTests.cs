using Fed.Cli.Audit;
using Fed.Cli.Children;
using Fed.Client;
using Fed.Client.Protocol;
using Fed.Contracts.Keys;
using Fed.Core.FailPoints;

namespace Fed.Tests.Client.Chaos;

/// <summary>An agent that dies at a fail point and is started again.</summary>
public sealed class AgentFailPointTests
{
    [Theory]
    [InlineData(FailPointNames.LedgerAfterWrite)]
    [InlineData(FailPointNames.ReceiptBeforeRecord)]
    public async Task Agent_KilledAroundItsUpload_HasItCountedOnce(string point)
    {
        await using var silo = await ClientSilo.StartAsync(ClientSilo.Settings(targetVersions: 1));
        using var house = new AgentHarness("a", "h264");
        string[] arguments =
        [
            "join", "--server", silo.Address.ToString(), "--federation", ClientSilo.Federation, "--participant", "a",
            "--cluster", "h264", "--data", house.Data, "--state", house.State,
        ];

        var killed = await FedProcess.RunAsync(new() { [FailPoint.Variable] = point }, arguments);
        var again = await FedProcess.RunAsync([], arguments);

        Assert.Equal(ChildProcess.Killed, killed.Code);
        Assert.True(again.Code == ExitCode.Success, again.Error);
        using var source = new ServerSource(new FederationClient(silo.Address), ClientSilo.Federation);
        using var blobs = new AuditBlobs(source);
        var head = await source.ReadHeadAsync(CancellationToken.None);
        using var key = Signatures.ImportPublicKey(head.Federation.PublicKey);
        var chain = await VersionChain.WalkAsync(blobs, head.Newest["h264"], key, CancellationToken.None);
        var contributions = chain.Links.SelectMany(link => link.Manifest.Contributions).Concat(head.Pending["h264"]);
        Assert.Equal([("a", 1L)], contributions.Select(receipt => (receipt.Participant, receipt.Sequence)));
    }

    [Fact]
    public async Task Agent_ToldToDieAtAnUnknownPoint_IsRefusedAtItsStart()
    {
        var (code, _, error) = await FedProcess.RunAsync(
            new() { [FailPoint.Variable] = "upload.during-send" },
            "join", "--server", "http://127.0.0.1:1", "--federation", "f", "--participant", "p", "--cluster", "c",
            "--data", "/nowhere");

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("upload.during-send", error, StringComparison.Ordinal);
        Assert.Contains(FailPointNames.UploadBeforeSend, error, StringComparison.Ordinal);
    }
}
