using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Fed.Tests.Silo.Page;

/// <summary>The page without a mouse.</summary>
[Collection(nameof(PageHouse))]
public sealed class PageKeyboardTests(PageHouse house)
{
    [ChromiumFact]
    public async Task SkipLink_IsTheFirstStopAndLeadsToTheFederation()
    {
        await using var page = await house.OpenAsync(PageHouse.Federation);

        await page.Page.Keyboard.PressAsync("Tab");
        await Expect(page.Page.GetByText("Skip to the federation")).ToBeFocusedAsync();
        await Expect(page.Page.GetByText("Skip to the federation")).ToBeInViewportAsync();
        await page.Page.Keyboard.PressAsync("Enter");

        await Expect(page.Page.GetByRole(AriaRole.Main)).ToBeFocusedAsync();
        await Expect(page.Page.Locator("#name")).ToHaveTextAsync(PageHouse.Federation);
    }

    [ChromiumFact]
    public async Task Graph_ByArrowKeys_IsWalkedAlongAndBetweenTiers()
    {
        await using var page = await house.OpenAsync(PageHouse.Federation);
        var title = page.Page.Locator("#detail-title");
        // One version is a stop of the tab key: the newest, before one is chosen.
        var stop = page.Page.Locator("#graph [role=option][tabindex='0']");
        await Expect(stop).ToHaveCountAsync(1);
        await page.Version("av1 version 0:").FocusAsync();
        foreach (var (key, version) in new[]
        {
            ("ArrowUp", "h264 version 0"), ("ArrowUp", "global version 0"), ("ArrowRight", "global version 1"),
            ("End", "global version 3"), ("ArrowLeft", "global version 2"), ("ArrowLeft", "global version 1"),
        })
        {
            await page.Page.Keyboard.PressAsync(key);
            await Expect(title).ToHaveTextAsync(version);
        }

        await Expect(page.Version("global version 1:")).ToBeFocusedAsync();
        await Expect(page.Version("global version 1:")).ToHaveAttributeAsync("aria-selected", "true");
        await Expect(page.Page.Locator("#graph [aria-selected=true]")).ToHaveCountAsync(1);
    }

    [ChromiumFact]
    public async Task Participants_ByKeyboard_AreSorted()
    {
        await using var page = await house.OpenAsync(PageHouse.Federation);
        var heading = page.Page.GetByRole(AriaRole.Columnheader, new PageGetByRoleOptions { Name = "Contributions" })
            .And(page.Page.Locator("#participants th"));
        await heading.GetByRole(AriaRole.Button).FocusAsync();

        await page.Page.Keyboard.PressAsync("Enter");

        await Expect(heading).ToHaveAttributeAsync("aria-sort", "ascending");
        await Expect(page.Participants.Locator("th")).ToHaveTextAsync(["b", "a", "c"]);

        await page.Page.Keyboard.PressAsync("Space");

        await Expect(heading).ToHaveAttributeAsync("aria-sort", "descending");
        await Expect(page.Participants.Locator("th")).ToHaveTextAsync(["a", "c", "b"]);
        await Expect(heading.GetByRole(AriaRole.Button)).ToBeFocusedAsync();
    }

    [ChromiumFact]
    public async Task EveryStopOfTheTabKey_ShowsThatItHasTheFocus()
    {
        await using var page = await house.OpenAsync(PageHouse.Federation);
        var unseen = new List<string>();
        for (var stop = 0; stop < 60; stop++)
        {
            await page.Page.Keyboard.PressAsync("Tab");
            var seen = await page.Page.EvaluateAsync<string>(
                """
                () => {
                  const at = document.activeElement;
                  if (at === document.body) return "end";
                  const drawn = at.matches("[role=option]")
                    ? getComputedStyle(at.querySelector(".halo")).stroke !== "none"
                    : getComputedStyle(at).outlineStyle !== "none";
                  return drawn ? "seen" : at.outerHTML.slice(0, 200);
                }
                """);
            if (seen == "end")
            {
                Assert.Empty(unseen);
                Assert.True(stop > 15, $"only {stop} stops");
                return;
            }

            if (seen != "seen")
                unseen.Add(seen);
        }

        Assert.Fail("the tab key does not come to an end");
    }
}
