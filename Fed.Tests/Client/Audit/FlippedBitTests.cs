using Fed.Cli.Audit;
using Fed.Client.Protocol;
using Fed.Contracts.Collection;
using Fed.Contracts.Versions;

namespace Fed.Tests.Client.Audit;

/// <summary>One bit of one stored blob, of every blob in turn.</summary>
public sealed class FlippedBitTests : IAsyncLifetime, IDisposable
{
    private readonly AgentHarness _house = new("a", "h264");
    private ClientSilo _silo = null!;

    public async Task InitializeAsync()
    {
        _silo = await ClientSilo.StartAsync(ClientSilo.Settings(3) with
        {
            Optimizer = new() { Kind = "momentum" },
            Specialisation = 0.25,
        });
        await _house.RunAsync(_silo.Address);
        using var client = new FederationClient(_silo.Address);
        await client.PromoteAsync(ClientSilo.Federation, new PromotionRequest(2, "s", "good"), CancellationToken.None);
        var restored = await client.RollBackAsync(
            ClientSilo.Federation, new RollbackRequest(1, "s", "bad"), CancellationToken.None);
        foreach (var cluster in (string[])["h264", "av1"])
            await AdoptedAsync(client, cluster, restored.Version);
        // What was begun and given up is nobody's, and no audit looks at it.
        _silo.AgeBlobs(TimeSpan.FromHours(2));
        await client.CollectAsync(new CollectionRequest { By = "s", Reason = "tidy" }, CancellationToken.None);
    }

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    public void Dispose() => _house.Dispose();

    [Fact]
    public async Task Verify_AnyBlobWithAFlippedBit_IsNamed()
    {
        Assert.Empty(await FaultsAsync());
        var silent = new List<string>();

        foreach (var sha256 in _silo.BlobNames)
        {
            _silo.DamageBlob(sha256);
            if (!(await FaultsAsync()).Any(fault => fault.Contains(sha256, StringComparison.Ordinal)))
                silent.Add(sha256);
            _silo.DamageBlob(sha256);
        }

        Assert.Empty(silent);
        Assert.Empty(await FaultsAsync());
    }

    private static async Task AdoptedAsync(FederationClient client, string cluster, long global)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await client.VersionsAsync(ClientSilo.Federation, cluster, 1, limit.Token))[0].GlobalVersion < global)
            limit.Token.ThrowIfCancellationRequested();
    }

    private async Task<string[]> FaultsAsync()
    {
        using var source = new ServerSource(new FederationClient(_silo.Address), ClientSilo.Federation);
        using var blobs = new AuditBlobs(source);
        var head = await source.ReadHeadAsync(CancellationToken.None);
        return [.. (await new FederationAudit(blobs, head).RunAsync([], CancellationToken.None)).Faults];
    }
}
