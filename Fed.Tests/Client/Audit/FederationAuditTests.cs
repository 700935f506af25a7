using Fed.Cli.Audit;
using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Folding;

namespace Fed.Tests.Client.Audit;

/// <summary>The audit of a real federation, sound and then not.</summary>
public sealed class FederationAuditTests : IAsyncLifetime, IDisposable
{
    private const int Rounds = 3;

    private readonly AgentHarness _house = new("a", "h264");
    private ClientSilo _silo = null!;
    private FederationClient _client = null!;
    private ServerSource _source = null!;

    public async Task InitializeAsync()
    {
        _silo = await ClientSilo.StartAsync(ClientSilo.Settings(Rounds) with { Specialisation = 0.25 });
        _client = new FederationClient(_silo.Address);
        _source = new ServerSource(_client, ClientSilo.Federation);
        await _house.RunAsync(_silo.Address);
    }

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    public void Dispose()
    {
        _source.Dispose();
        _house.Dispose();
    }

    private Acknowledged[] Received =>
    [
        .. _house.Events.Where(line => line.Event == AgentEventKind.Accepted)
            .Select(line => new Acknowledged("a", line.Sequence!.Value, line.Sha256)),
    ];

    [Fact]
    public async Task Audit_OfASoundFederation_FindsEveryContributionOnceAndEveryVersionAgain()
    {
        var report = await AuditAsync(Received);

        Assert.Empty(report.Faults);
        Assert.True(report.Acknowledged >= Rounds);
        // For each round a fold and an adoption of the cluster and a global fold, beside three first versions.
        Assert.True(report.Versions > 2 * Rounds, $"{report.Versions} versions");
        var newest = await _client.VersionsAsync(ClientSilo.Federation, "global", 1, CancellationToken.None);
        Assert.Equal(newest[0].ModelSha256, report.FinalSha256);
    }

    [Fact]
    public async Task Audit_OfAReceiptThatNoVersionKnows_SaysThatItIsLost()
    {
        var report = await AuditAsync([.. Received, new Acknowledged("b", 1, new string('0', 64))]);

        Assert.Contains("update 1 of b", Assert.Single(report.Lost), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_OfAReceiptForOtherBytes_SaysThatItIsLost()
    {
        var report = await AuditAsync([Received[0] with { Sha256 = new string('0', 64) }]);

        Assert.Contains("was acknowledged as 000", Assert.Single(report.Lost), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_OfADamagedUpdate_NamesItAndItsVersion()
    {
        var sha256 = Received[1].Sha256!;
        _silo.DamageBlob(sha256);

        var report = await AuditAsync(Received);

        var fault = Assert.Single(report.Unverified);
        Assert.Contains(sha256, fault, StringComparison.Ordinal);
        Assert.Contains("of h264 (fold", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_OfADamagedManifest_NamesItAndTheTier()
    {
        var ledger = await _client.LedgerAsync(ClientSilo.Federation, "h264", CancellationToken.None);
        _silo.DamageBlob(ledger.ManifestSha256);

        var report = await AuditAsync(Received);

        Assert.Contains(report.Unverified, fault =>
            fault.Contains(ledger.ManifestSha256, StringComparison.Ordinal)
            && fault.Contains("h264", StringComparison.Ordinal));
        Assert.Equal(Received.Length - ledger.Pending.Count, report.Lost.Count);
    }

    [Fact]
    public async Task Recomputation_OfAManifestThatClaimsAnotherModel_SaysWhatComesOut()
    {
        using var blobs = new AuditBlobs(_source);
        var newest = await _client.VersionsAsync(ClientSilo.Federation, "global", 2, CancellationToken.None);
        var manifest = (await blobs.ManifestAsync(newest[0].ManifestSha256, CancellationToken.None)).Manifest;
        var computing = new Recomputation(
            blobs,
            ClientSilo.Settings(Rounds),
            async (sha256, cancellation) => (await blobs.ManifestAsync(sha256, cancellation)).Manifest);
        await computing.VerifyAsync(manifest, CancellationToken.None);

        var wrong = await Assert.ThrowsAsync<InvalidDataException>(() => computing.VerifyAsync(
            manifest with { ModelSha256 = newest[1].ModelSha256 }, CancellationToken.None));

        Assert.Contains(manifest.ModelSha256, wrong.Message, StringComparison.Ordinal);
    }

    private async Task<AuditReport> AuditAsync(IReadOnlyList<Acknowledged> acknowledged)
    {
        using var blobs = new AuditBlobs(_source);
        var head = await _source.ReadHeadAsync(CancellationToken.None);
        return await new FederationAudit(blobs, head).RunAsync(acknowledged, CancellationToken.None);
    }
}
