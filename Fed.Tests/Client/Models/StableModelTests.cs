using System.Text.Json.Nodes;
using Fed.Client;
using Fed.Client.Agent;
using Fed.Client.Models;
using Fed.Client.Protocol;
using Fed.Contracts.Federations;
using Fed.Contracts.Versions;
using Fed.MediaQc.Pipeline;
using Fed.Tests.Client.Chaos;
using Fed.Tests.MediaQc;
using Fed.Tests.MediaQc.Scan;

namespace Fed.Tests.Client.Models;

/// <summary>Scans with a federation's stable version, from a real silo, byte for byte.</summary>
public sealed class StableModelTests : IAsyncLifetime, IDisposable
{
    private readonly TestMedia _media = new();
    private ClientSilo _silo = null!;
    private FederationClient _client = null!;

    private FederationAddress Address => new(_silo.Address, ClientSilo.Federation);

    public async Task InitializeAsync()
    {
        _silo = await ClientSilo.StartAsync(ClientSilo.Settings() with
        {
            Task = "media-qc",
            Classes = QcClasses.Names,
            Features = "qc-v2",
            Model = await File.ReadAllTextAsync(Repository.PathOf("data", "media-qc", "model.json")),
        });
        _client = new FederationClient(_silo.Address);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _silo.DisposeAsync();
    }

    public void Dispose() => _media.Dispose();

    [FfmpegFact]
    public async Task Scan_WithAFederation_SendsItThreeQuestionsAndNothingElse()
    {
        var stable = await PromoteAsync();
        var film = await FilmAsync();
        await using var proxy = new RecordingProxy(_silo.Address);

        var (_, output, error) = await ScanAsync(film, $"{proxy.Address}codecs");
        var first = await proxy.TakeAsync();
        var (_, _, errorAgain) = await ScanAsync(film, $"{proxy.Address}codecs");
        var second = await proxy.TakeAsync();

        Assert.Equal(("", ""), (error, errorAgain));
        Assert.Equal(
            [
                "GET /v1/federations/codecs/channels", "GET /v1/federations/codecs",
                $"GET /v1/federations/codecs/models/{stable.ModelSha256}",
            ],
            first.Select(request => $"{request.Method} {request.Path}"));
        Assert.Equal(["/v1/federations/codecs/channels"], second.Select(request => request.Path));
        // Every byte was of one of them: a line and a few headers, none of which knows of the film.
        Assert.All(first.Concat(second), request => Assert.Empty(request.Body));
        Assert.All(first.Concat(second), request => Assert.InRange(request.WireBytes, 1, 300));
        var model = JsonNode.Parse(output)!["reports"]![0]!["models"]![0]!;
        Assert.Equal(
            ("media-qc", "codecs", stable.Number, stable.ModelSha256),
            ((string?)model["task"], (string?)model["federation"], (long)model["version"]!, (string?)model["versionSha256"]));
    }

    [FfmpegFact]
    public async Task Scan_WhenTheServerIsAway_TakesTheKeptModelAndSaysSo()
    {
        await PromoteAsync();
        var film = await FilmAsync();
        await ScanAsync(film, Address.ToString());
        await _silo.StopAsync();

        var (code, output, error) = await ScanAsync(film, Address.ToString());
        var (codeOfOther, _, errorOfOther) = await ScanAsync(film, $"{_silo.Address}other");

        Assert.Equal(0, code);
        Assert.Contains($"{Address} cannot be reached", error, StringComparison.Ordinal);
        Assert.Contains("its stable version 0 of ", error, StringComparison.Ordinal);
        Assert.NotNull(JsonNode.Parse(output)!["reports"]![0]!["models"]![0]);
        Assert.Equal(2, codeOfOther);
        Assert.Contains("the server cannot be reached", errorOfOther, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_AModelThatWasKeptAndIsDamaged_IsFetchedAgain()
    {
        var stable = await PromoteAsync();
        var store = new StableModel(_media.Folder);
        (await store.GetAsync(Address, Assert.Fail, CancellationToken.None)).Dispose();
        var kept = Assert.Single(Directory.GetFiles(_media.Folder));
        await File.WriteAllBytesAsync(kept, (await File.ReadAllBytesAsync(kept))[..100]);

        using var model = await store.GetAsync(Address, Assert.Fail, CancellationToken.None);

        Assert.Equal(stable.ModelSha256, model.Card.VersionSha256);
        Assert.True(new FileInfo(kept).Length > 100);
    }

    [Fact]
    public async Task Get_WhereNothingCanBeKept_GivesTheModelAndSaysSo()
    {
        var stable = await PromoteAsync();
        var file = Path.Combine(_media.Folder, "file");
        await File.WriteAllTextAsync(file, "no folder");
        var said = new List<string>();

        using var model = await new StableModel(Path.Combine(file, "models"))
            .GetAsync(Address, said.Add, CancellationToken.None);

        Assert.Equal(stable.ModelSha256, model.Card.VersionSha256);
        Assert.Contains("cannot be kept for when it is away", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_AFederationWithoutAStableVersion_SaysWhoPromotesOne()
    {
        var refused = await Assert.ThrowsAsync<AgentException>(
            () => new StableModel(_media.Folder).GetAsync(Address, Assert.Fail, CancellationToken.None));

        Assert.Contains("has no stable version yet; a steward promotes one", refused.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Refused, refused.ExitCode);
    }

    [Fact]
    public async Task Get_AFederationThatDoesNotSayWhatItLooksAt_IsRefused()
    {
        await _client.CreateAsync(ClientSilo.Settings() with { Name = "vague" }, CancellationToken.None);
        await PromoteAsync("vague");

        var refused = await Assert.ThrowsAsync<AgentException>(() => new StableModel(_media.Folder).GetAsync(
            Address with { Federation = "vague" }, Assert.Fail, CancellationToken.None));

        Assert.Contains("does not say its task, classes and features", refused.Message, StringComparison.Ordinal);
    }

    private async Task<VersionRecord> PromoteAsync(string federation = ClientSilo.Federation)
    {
        // The registry, which has the channels, is told when the version is there.
        while ((await _client.VersionsAsync(federation, "global", 1, CancellationToken.None)).Count == 0)
            continue;
        var order = new PromotionRequest(0, "steward", "to begin with");
        return (await _client.PromoteAsync(federation, order, CancellationToken.None)).Version!;
    }

    private Task<string> FilmAsync() =>
        _media.MakeAsync("film.mkv", "-f lavfi -i testsrc=s=64x64:r=25:d=1 -c:v ffv1");

    private Task<(int Code, string Output, string Error)> ScanAsync(string film, string federation) =>
        FedProcess.RunAsync(
            new() { ["XDG_CACHE_HOME"] = _media.PathOf("cache") },
            ["qc", "scan", film, "--json", "--fail-on", "never", "--federation", federation]);
}
