using System.Text.RegularExpressions;
using Fed.Tests.Silo.Sqlite;
using static Microsoft.Playwright.Assertions;

namespace Fed.Tests.Silo.Page;

/// <summary>The page when the server goes away and comes back.</summary>
[Collection(nameof(PageHouse))]
public sealed class PageOutageTests(PageHouse house)
{
    [ChromiumFact]
    public async Task Page_WhenTheServerGoesAway_SaysSinceWhenAndRecoversByItself()
    {
        using var folder = new TemporaryFolder();
        var silo = await TestSilo.StartAsync(folder.File("silo"));
        var port = silo.Host.Address.Port;
        PageFederation federation;
        WatchedPage page;
        await using (silo)
        {
            federation = await PageFederation.CreateAsync(silo, TestSilo.Settings());
            page = await house.OpenAsync(federation.Name, silo: silo);
            await page.Page.EvaluateAsync("() => { window.loadedOnce = true; }");
            await Expect(page.Connection).ToHaveTextAsync("Live");
        }

        await using var closed = page;
        await Expect(page.Connection).ToHaveTextAsync(
            new Regex(@"^No answer from the server since \d+:\d\d:\d\d; trying again$"));
        await Expect(page.Page.Locator("#name")).ToHaveTextAsync(federation.Name);

        await using var again = await TestSilo.StartAsync(folder.File("silo"), options => options with { Port = port });

        await Expect(page.Connection).ToHaveTextAsync("Live");
        await federation.ContributeAsync(again.Client);
        await Expect(page.Version("h264 version 1:").First).ToBeVisibleAsync();
        Assert.True(await page.Page.EvaluateAsync<bool>("() => window.loadedOnce"));
    }
}
