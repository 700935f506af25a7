using System.Text.Json.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Fed.Tests.Silo.Page;

/// <summary>For everybody, on every screen.</summary>
[Collection(nameof(PageHouse))]
public sealed class PageAccessibilityTests(PageHouse house)
{
    [AxeFact]
    public async Task Page_ToAxe_HasNoViolationsOnAnyScreen()
    {
        await using var page = await OpenAllAsync(PageHouse.Federation, "h264 version 5: fold");
        foreach (var (width, scheme) in new[]
        {
            (1280, ColorScheme.Light), (1280, ColorScheme.Dark), (360, ColorScheme.Dark),
        })
        {
            await page.Page.SetViewportSizeAsync(width, 900);
            await page.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });

            Assert.Equal([], await Axe.ViolationsAsync(page.Page));
        }
    }

    [ChromiumFact]
    public async Task Page_WithTheLongestNamesOnAnyScreen_ScrollsOnlyDown()
    {
        var longest = new string('w', 64);
        var federation = await house.CreateAsync(settings =>
        {
            settings["name"] = longest;
            settings["clusters"]!.AsArray().Add(longest);
            settings["roster"]!.AsArray().Add(new JsonObject { ["name"] = longest, ["cluster"] = longest });
        });
        await federation.RoundAsync();
        await using var page = await OpenAllAsync(federation.Name, "h264 version 1: fold");
        foreach (var width in new[] { 320, 360, 768, 1280, 2560 })
        {
            await page.Page.SetViewportSizeAsync(width, 900);

            var beyond = await page.Page.EvaluateAsync<int>(
                "() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(beyond == 0, $"{beyond} beyond {width}");
        }
    }

    [ChromiumFact]
    public async Task Charts_AsNumbers_HaveARowForEachTier()
    {
        await using var page = await OpenAllAsync(PageHouse.Federation, "h264 version 5: fold");

        foreach (var (chart, rows) in new[] { ("accuracy", 2), ("staleness", 2), ("buffers", 3) })
            await Expect(page.Page.Locator($"#{chart} + details tbody tr")).ToHaveCountAsync(rows);
        await Expect(page.Page.Locator("#accuracy + details tbody tr").First).ToContainTextAsync("66.0");
    }

    [ChromiumFact]
    public async Task LiveRegions_AreTwoAndPolite()
    {
        await using var page = await house.OpenAsync(PageHouse.Federation);

        await Expect(page.Page.GetByRole(AriaRole.Status)).ToHaveCountAsync(2);
        await Expect(page.Page.Locator("[aria-live], [role=alert], [role=log]")).ToHaveCountAsync(0);
    }

    /// <summary>With a version chosen and everything unfolded.</summary>
    private async Task<WatchedPage> OpenAllAsync(string federation, string version)
    {
        var page = await house.OpenAsync(federation);
        await page.Version(version).ClickAsync();
        await Expect(page.Page.Locator(".detail")).ToContainTextAsync("Contribution of");
        await page.Page.EvaluateAsync(
            "() => document.querySelectorAll('details').forEach(one => { one.open = true; })");
        await Expect(page.Page.Locator("#list tbody tr")).Not.ToHaveCountAsync(0);
        return page;
    }
}
