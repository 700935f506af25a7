using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Fed.Tests.Silo.Page;

/// <summary>What the page shows, in a real browser and of a real silo.</summary>
[Collection(nameof(PageHouse))]
public sealed class PageTests(PageHouse house)
{
    [ChromiumFact]
    public async Task Page_OfAFederationWithVersions_ShowsItsPartsAndComplainsOfNothing()
    {
        await using var page = await house.OpenAsync(PageHouse.Federation);

        await Expect(page.Connection).ToHaveTextAsync("Live");
        await Expect(page.Page).ToHaveTitleAsync("codecs – FedHier");
        await Expect(page.Page.Locator("#version")).ToHaveTextAsync("3");
        await Expect(page.Tier("h264")).ToContainTextAsync("version 6");
        await Expect(page.Version("global version 1:"))
            .ToHaveAttributeAsync("aria-label", new Regex("fold of a buffer, promoted to stable"));
        await Expect(page.Version("h264 version 6: adopted"))
            .ToHaveAttributeAsync("aria-label", new Regex("accuracy 66.0.% of 100 samples"));
        await Expect(page.Page.Locator("#accuracy svg[role=img]"))
            .ToHaveAttributeAsync("aria-label", new Regex("^Accuracy over time. Newest: h264 66.0.%, av1 66.0.%$"));
        await Expect(page.Participants).ToHaveCountAsync(3);
        Assert.Empty(page.Complaints);
    }

    [ChromiumFact]
    public async Task Page_WhenContributionsAreFolded_ShowsThemWithoutAReload()
    {
        var federation = await house.CreateAsync(settings => settings["clusterTier"]!["goal"] = 2);
        await using var page = await house.OpenAsync(federation.Name);
        await page.Page.EvaluateAsync("() => { window.loadedOnce = true; }");
        await Expect(page.Tier("h264").GetByRole(AriaRole.Meter)).ToHaveAttributeAsync("aria-valuetext", "0 of 2");

        await federation.ContributeAsync();

        await Expect(page.Tier("h264").GetByRole(AriaRole.Meter)).ToHaveAttributeAsync("aria-valuetext", "1 of 2");
        await Expect(page.Tier("h264").Locator("li.buffered")).ToHaveTextAsync(new Regex("a, in the buffer"));
        await Expect(page.Tier("h264").Locator(".waits")).ToHaveTextAsync(new Regex(@"^waits \d+ s for b$"));

        using var other = await federation.Known.EnrolAsync("b", "h264");
        await federation.ContributeAsync(other, federation.Known.InitialModel);

        await Expect(page.Version("h264 version 1:").First).ToBeVisibleAsync();
        await Expect(page.Participants.Nth(1)).ToHaveTextAsync(new Regex(@"^bh264.+10\d+ s ago\d+ s ago$"));
        await Expect(page.Page.Locator("#staleness circle")).Not.ToHaveCountAsync(0);
        Assert.True(await page.Page.EvaluateAsync<bool>("() => window.loadedOnce"));
        Assert.Empty(page.Complaints);
    }

    [ChromiumFact]
    public async Task Page_AtAnotherAddress_ShowsThatFederationAndGoesBack()
    {
        var other = await house.CreateAsync();
        await using var page = await house.OpenAsync(PageHouse.Federation);

        await page.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = other.Name, Exact = false }).First
            .ClickAsync();

        await Expect(page.Page.Locator("#name")).ToHaveTextAsync(other.Name);
        await Expect(page.Page).ToHaveURLAsync(new Regex($"#/{other.Name}$"));
        await Expect(page.Page.Locator("nav a[aria-current=page]")).ToContainTextAsync(other.Name);
        await Expect(page.Version("global version 3")).ToHaveCountAsync(0);

        await page.Page.GoBackAsync();

        await Expect(page.Page.Locator("#name")).ToHaveTextAsync(PageHouse.Federation);
        await Expect(page.Version("global version 3")).ToHaveCountAsync(1);
    }

    [ChromiumFact]
    public async Task Page_OfAFederationThatIsNotThere_SaysSoAndListsTheOthers()
    {
        await using var page = await house.OpenAsync(PageHouse.Federation);

        await page.Page.EvaluateAsync("() => { location.hash = '#/%3Cb%3Enobody%'; }");

        await Expect(page.Page.Locator("#empty")).ToContainTextAsync("There is no federation '%3Cb%3Enobody%' here.");
        await Expect(page.Page.Locator("#board")).ToBeHiddenAsync();
        await Expect(page.Page.Locator("nav a").First).ToBeVisibleAsync();
    }

    [ChromiumFact]
    public async Task Detail_OfARollbackWithMarkupInItsReason_ShowsItAsText()
    {
        var federation = await house.CreateAsync();
        await federation.RoundAsync();
        await federation.RoundAsync();
        const string Reason = "<img src=x onerror=\"document.title='taken'\">";
        var order = new { version = 1, by = "<b>me</b>", reason = Reason };
        using var ordered = await house.Silo.Client.PostAsJsonAsync($"{federation.Url}/rollback", order);
        ordered.EnsureSuccessStatusCode();
        await using var page = await house.OpenAsync(federation.Name);

        await page.Version("global version 3: rollback").ClickAsync();

        var detail = page.Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "global version 3" });
        await Expect(detail).ToContainTextAsync($"<b>me</b>: {Reason}");
        await Expect(detail).ToContainTextAsync("global versions 2 to 2");
        await Expect(page.Version("global version 2: fold of a buffer, withdrawn by a rollback")).ToHaveCountAsync(1);
        await Expect(page.Page.Locator("img, b")).ToHaveCountAsync(0);
        Assert.Empty(page.Complaints);
    }

    [ChromiumFact]
    public async Task Detail_OfAVersion_ShowsItsManifest()
    {
        await using var page = await house.OpenAsync(PageHouse.Federation);

        await page.Version("h264 version 3: fold").ClickAsync();

        var detail = page.Page.Locator(".detail");
        var version = (await house.Silo.Client.GetFromJsonAsync<JsonArray>($"{house.History.Url}/versions?tier=h264"))!
            .Single(one => (int)one!["number"]! == 3 && (string?)one["kind"] == "fold")!;
        await Expect(detail).ToContainTextAsync((string)version["manifestSha256"]!);
        await Expect(detail).ToContainTextAsync((string)version["modelSha256"]!);
        await Expect(detail.GetByRole(AriaRole.Row).Last).ToHaveTextAsync("a32032.0");
        await Expect(detail.GetByRole(AriaRole.Button)).ToHaveTextAsync(["h264 version 2"]);

        await detail.GetByRole(AriaRole.Button).ClickAsync();

        await Expect(page.Page.Locator("#detail-title")).ToBeFocusedAsync();
        await Expect(page.Page.Locator("#detail-title")).ToHaveTextAsync("h264 version 2");
    }

    [ChromiumFact]
    public async Task Participants_OfAThousand_AreSortedFilteredAndShownAHundredAtATime()
    {
        var federation = await house.CreateAsync(settings =>
        {
            var roster = settings["roster"]!.AsArray();
            for (var i = roster.Count; i < 1000; i++)
                roster.Add(new JsonObject { ["name"] = $"house-{i}", ["cluster"] = i % 2 == 0 ? "h264" : "av1" });
        });
        await using var page = await house.OpenAsync(federation.Name);

        await Expect(page.Participants).ToHaveCountAsync(100);
        await Expect(page.Page.Locator("#shown")).ToHaveTextAsync("100 of 1,000 participants shown, 1,000 found");
        await page.Page.Locator("#more").ClickAsync();
        await Expect(page.Participants).ToHaveCountAsync(200);

        await page.Page.GetByLabel("Name").FillAsync("house-99");
        await page.Page.GetByLabel("Cluster").SelectOptionAsync("av1");

        await Expect(page.Participants.Locator("th")).ToHaveTextAsync(
            ["house-99", "house-991", "house-993", "house-995", "house-997", "house-999"]);
        await Expect(page.Page.Locator("#filtered")).ToHaveTextAsync("6 participants found");

        await page.Page.Locator("#participants thead button").First.ClickAsync();

        await Expect(page.Participants.Locator("th").First).ToHaveTextAsync("house-999");
        // Everybody who is shown beneath a cluster and more can be found in the table.
        await page.Tier("h264").GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.Page.Locator("#shown")).ToHaveTextAsync("100 of 1,000 participants shown, 500 found");
    }
}
