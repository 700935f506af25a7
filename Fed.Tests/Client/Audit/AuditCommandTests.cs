using System.Text.Json.Nodes;
using Fed.Client;
using Fed.Client.Protocol;
using Fed.Contracts.Versions;
using Fed.Tests.Client.Chaos;

namespace Fed.Tests.Client.Audit;

/// <summary><c>fed audit</c> as a process, against a real silo and without one.</summary>
public sealed class AuditCommandTests : IAsyncLifetime, IDisposable
{
    private readonly AgentHarness _house = new("a", "h264");
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-audit-test-").FullName;
    private ClientSilo _silo = null!;

    public async Task InitializeAsync()
    {
        _silo = await ClientSilo.StartAsync(ClientSilo.Settings(3) with
        {
            ClusterTier = new() { Goal = 1, Rule = "median" },
        });
        await _house.RunAsync(_silo.Address);
    }

    public async Task DisposeAsync()
    {
        await _silo.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public void Dispose() => _house.Dispose();

    [Fact]
    public async Task Verify_OfARunningFederationWithARobustRule_ComputesEveryVersionAgain()
    {
        var json = Path.Combine(_folder, "found.json");

        var (code, output, _) = await AuditAsync("verify", "--json", json);

        Assert.True(code == ExitCode.Success, output);
        var found = JsonNode.Parse(await File.ReadAllTextAsync(json))!;
        Assert.True((int)found["versions"]! > 6);
        Assert.Equal((int)found["versions"]!, (int)found["verified"]!);
        Assert.Equal(0, (int)found["doubled"]!);
        Assert.Empty(found["faults"]!.AsArray());
    }

    [Fact]
    public async Task Verify_OfOneVersion_ReadsItAndItsAggregatesOnly()
    {
        var (code, output, _) = await AuditAsync("verify", "--version", "1");

        Assert.True(code == ExitCode.Success, output);
        Assert.Contains("2 versions, 2 verified", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_OfAVersionThatThereIsNot_SaysSo()
    {
        var (code, _, error) = await AuditAsync("verify", "--version", "99");

        Assert.NotEqual(ExitCode.Success, code);
        Assert.Contains("no version 99", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_WithAnotherKey_RefusesTheFederation()
    {
        var (code, _, error) = await AuditAsync("verify", "--key", new string('0', 64));

        Assert.Equal(ExitCode.Refused, code);
        Assert.Contains("the federation's key is not 000", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bundle_WithoutItsServer_VerifiesAndNamesAFlippedByte()
    {
        var bundle = Path.Combine(_folder, "codecs.tar");
        var exported = await AuditAsync("export", "--out", bundle);
        Assert.True(exported.Code == ExitCode.Success, exported.Output + exported.Error);
        await _silo.StopAsync();

        var whole = await FedProcess.RunAsync([], "audit", "verify", "--bundle", bundle);
        Assert.True(whole.Code == ExitCode.Success, whole.Output + whole.Error);

        var sha256 = _house.Events.First(line => line.Sha256 is not null).Sha256!;
        FlipIn(bundle, sha256);
        var damaged = await FedProcess.RunAsync([], "audit", "verify", "--bundle", bundle);
        Assert.Equal(ExitCode.Refused, damaged.Code);
        Assert.Contains($"blob {sha256}", damaged.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_OfWhatIsNoBundle_SaysSo()
    {
        var file = Path.Combine(_folder, "text.tar");
        await File.WriteAllTextAsync(file, new string('x', 2000));

        var (code, _, error) = await FedProcess.RunAsync([], "audit", "verify", "--bundle", file);

        Assert.NotEqual(ExitCode.Success, code);
        Assert.Contains(file, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_AfterRollbackAndPromotion_VerifiesThoseToo()
    {
        using var client = new FederationClient(_silo.Address);
        await client.PromoteAsync(ClientSilo.Federation, new PromotionRequest(1, "s", "good"), CancellationToken.None);
        await client.RollBackAsync(ClientSilo.Federation, new RollbackRequest(1, "s", "bad"), CancellationToken.None);

        var (code, output, _) = await AuditAsync("verify");

        Assert.True(code == ExitCode.Success, output);
    }

    /// <summary>One bit of the last byte of a blob in a tar archive, whose entry's name is just before it.</summary>
    private static void FlipIn(string bundle, string sha256)
    {
        using var tar = new System.Formats.Tar.TarReader(File.OpenRead(bundle));
        while (tar.GetNextEntry() is { } entry)
        {
            if (!entry.Name.EndsWith(sha256, StringComparison.Ordinal))
                continue;
            var last = entry.DataOffset + entry.Length - 1;
            tar.Dispose();
            using var file = new FileStream(bundle, FileMode.Open, FileAccess.ReadWrite);
            file.Position = last;
            var value = file.ReadByte();
            file.Position = last;
            file.WriteByte((byte)(value ^ 1));
            return;
        }

        Assert.Fail($"the bundle has no blob {sha256}");
    }

    private Task<(int Code, string Output, string Error)> AuditAsync(string command, params string[] more) =>
        FedProcess.RunAsync(
            [],
            ["audit", command, "--server", _silo.Address.ToString(), "--federation", ClientSilo.Federation, .. more]);
}
