using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Microsoft.Playwright;

namespace Fed.Tests.Silo.Page;

/// <summary>One silo, one browser and one federation with some history, for all tests of the page.</summary>
public sealed class PageHouse : IAsyncLifetime
{
    public const string Federation = "codecs";
    public const int Rounds = 3;

    private ChromiumProcess? _chromium;
    private IPlaywright? _driver;
    private IBrowser? _browser;
    private int _federations;

    internal TestSilo Silo { get; private set; } = null!;

    internal PageFederation History { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (ChromiumProcess.WhyMissing is not null)
            return;
        Silo = await TestSilo.StartAsync();
        _chromium = await ChromiumProcess.StartAsync();
        _driver = await Playwright.CreateAsync();
        _browser = await _driver.Chromium.ConnectOverCDPAsync(_chromium.Address);
        Assertions.SetDefaultExpectTimeout(20_000);
        History = await PageFederation.CreateAsync(Silo, TestSilo.Settings(Federation));
        for (var round = 1; round <= Rounds; round++)
            await History.RoundAsync();
        var promotion = new { version = 1, by = "steward", reason = "it is good" };
        (await Silo.Client.PutAsJsonAsync($"{History.Url}/channels/stable", promotion)).EnsureSuccessStatusCode();
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _driver?.Dispose();
        if (_chromium is not null)
            await _chromium.DisposeAsync();
        if (Silo is not null)
            await Silo.DisposeAsync();
    }

    internal Task<PageFederation> CreateAsync(Action<JsonObject>? change = null)
    {
        var settings = TestSilo.Settings($"f{Interlocked.Increment(ref _federations)}");
        settings["seed"] = _federations;
        change?.Invoke(settings);
        return PageFederation.CreateAsync(Silo, settings);
    }

    /// <summary>The page of a federation, once it shows that.</summary>
    /// <param name="silo">Null: the one of all tests.</param>
    internal async Task<WatchedPage> OpenAsync(
        string federation, int width = 1280, ColorScheme scheme = ColorScheme.Light, TestSilo? silo = null)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = (silo ?? Silo).Host.Address.ToString(),
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
        });
        var page = await WatchedPage.OpenAsync(context, (silo ?? Silo).Host.Address, $"/#/{federation}");
        await Assertions.Expect(page.Page.Locator("#name")).ToHaveTextAsync(federation);
        await Assertions.Expect(page.Versions.First).ToBeVisibleAsync();
        return page;
    }
}

/// <summary>The tests that share the house run one after the other.</summary>
[CollectionDefinition(nameof(PageHouse))]
public sealed class PageHouseCollection : ICollectionFixture<PageHouse>;

/// <summary>
/// A federation of two clusters with a participant in each, whose contributions make a global version.
/// </summary>
internal sealed class PageFederation(TestFederation known, TestParticipant h264, TestParticipant av1)
{
    private int _round;

    public TestFederation Known => known;

    public string Name => known.Name;

    public string Url => known.Url;

    public static async Task<PageFederation> CreateAsync(TestSilo silo, JsonObject settings)
    {
        var federation = await TestFederation.CreateAsync(silo, settings);
        return new PageFederation(
            federation, await federation.EnrolAsync("a", "h264"), await federation.EnrolAsync("c", "av1"));
    }

    /// <summary>
    /// A contribution to each cluster, and so a version of its own for each, the global version of both, which both
    /// adopt, and what participants think of that.
    /// </summary>
    public async Task RoundAsync()
    {
        _round++;
        using var events = new StatusReader(await known.Client.GetStreamAsync($"{Url}/status/events"));
        var before = await NextAsync(events);
        await ContributeAsync(h264, before.Clusters[0].ModelSha256);
        await ContributeAsync(av1, before.Clusters[1].ModelSha256);
        FederationStatus status;
        do
            status = await NextAsync(events);
        while (status.Global.Version < _round || status.Clusters.Take(2).Any(cluster => cluster.Version < 2 * _round));

        await EvaluateAsync(h264, status.Clusters[0]);
        await EvaluateAsync(av1, status.Clusters[1]);
    }

    /// <summary>The first contribution of a.</summary>
    /// <param name="gateway">Null: the silo that the federation was created on.</param>
    public async Task ContributeAsync(HttpClient? gateway = null)
    {
        _round++;
        await ContributeAsync(h264, known.InitialModel, gateway);
    }

    public async Task ContributeAsync(TestParticipant participant, string model, HttpClient? gateway = null)
    {
        var update = TestParticipant.Update(model, 0.01f * _round);
        using var answer = await participant.SendAsync(_round, update, gateway);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<FederationStatus> NextAsync(StatusReader events) =>
        JsonSerializer.Deserialize<FederationStatus>((await events.NextAsync("status"))!, FedJson.Options)!;

    private static async Task EvaluateAsync(TestParticipant participant, TierStatus cluster)
    {
        var report = new EvaluationReport(
            cluster.Version, cluster.ModelSha256, Examples: 100, Correct: 60 + cluster.Version, Loss: 0.5);
        using var answer = await participant.EvaluateAsync(report);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
