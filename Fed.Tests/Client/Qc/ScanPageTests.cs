using System.Text.RegularExpressions;
using System.Xml.Linq;
using Fed.Cli.Qc;
using Fed.MediaQc.Scan;
using Fed.Tests.MediaQc;
using Fed.Tests.MediaQc.Scan;
using Fed.Tests.Silo.Page;
using Microsoft.Playwright;

namespace Fed.Tests.Client.Qc;

/// <summary>The page that <c>--html</c> writes, as a document and in a browser.</summary>
public sealed partial class ScanPageTests
{
    private const string Hostile = "<script>alert(1)</script>&\"'\u0001\uD800 \u202Efilm.mp4";

    [FfmpegFact]
    public async Task Page_OfAFilmWithFaults_ShowsEachInTheTableAndOnItsLane()
    {
        using var media = new TestMedia();
        var sound = "0.3*sin(2*PI*330*t)*(1-between(t\\,2\\,5))*(1-between(t\\,6\\,8))"
            + "+between(t\\,6\\,8)*clip(0.9*sin(2*PI*330*t)\\,-0.3\\,0.3)";
        var film = await media.MakeAsync(
            "film.mkv",
            $"-f lavfi -i '{TestMedia.Pictures}:d=9' -f lavfi -i 'aevalsrc={sound}|{sound}:s=48000:d=9' "
            + "-vf 'drawbox=c=black:t=fill:enable=between(t\\,2\\,4.5)' "
            + "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a pcm_s16le");
        var report = await TestMedia.ScanAsync(film);
        var preview = await MediaPreview.MakeAsync(film, report.Streams, report.Duration, CancellationToken.None);

        var page = Parse(ScanPage.Render([new(report, preview)], []));

        Assert.Equal(
            ["black", "clipping", "freeze", "silence"],
            report.AllFindings().Select(each => each.Check.Check).Distinct().Order(StringComparer.Ordinal));
        var rows = page.Descendants("table").Last().Descendants("tr").Skip(1).ToArray();
        Assert.Equal(report.AllFindings().Count(), rows.Length);
        Assert.All(report.AllFindings().Zip(rows), each =>
        {
            Assert.Equal(each.First.Finding.Message, each.Second.Elements().Last().Value);
            var place = Href(each.Second.Descendants("a").Single());
            var block = Assert.Single(page.Descendants("rect"), rect => $"#{(string?)rect.Attribute("id")}" == place);
            Assert.Equal("warning", (string?)block.Attribute("class"));
            Assert.Equal(each.First.Finding.Start / report.Duration * 1000, (double)block.Attribute("x")!, 0.1);
            Assert.Contains(each.First.Finding.Message, block.Element("title")!.Value, StringComparison.Ordinal);
            Assert.StartsWith(
                $"{each.First.Check.Check}, {each.First.Check.Stream}: warning from",
                (string?)block.Parent!.Attribute("aria-label"),
                StringComparison.Ordinal);
        });
        Assert.Equal(report.Checks.Count, page.Descendants("table").First().Descendants("tr").Count() - 1);
        Assert.Equal(MediaPreview.MostPictures, page.Descendants("img").Count());
        Assert.Single(page.Descendants("svg"), svg => (string?)svg.Attribute("class") == "wave");
    }

    [Fact]
    public void Page_OfHostileNames_ShowsThemAsTheyAreAndAsksNobody()
    {
        var text = ScanPage.Render([new(Report(Hostile), Preview())], [new(Hostile, $"{Hostile}: it is empty")]);

        var page = Parse(text);

        var shown = "<script>alert(1)</script>&\"'\uFFFD\uFFFD \u202Efilm.mp4";
        Assert.Equal(["Files", shown, shown], page.Descendants("h2").Select(heading => heading.Value));
        Assert.Empty(page.Descendants("script"));
        Assert.All(page.Descendants("a"), link => Assert.Single(
            page.Descendants(), each => $"#{(string?)each.Attribute("id")}" == Href(link)));
        Assert.All(page.Descendants("img"), image => Assert.StartsWith(
            "data:image/jpeg;base64,", (string?)image.Attribute("src"), StringComparison.Ordinal));
        Assert.DoesNotMatch(Outside(), text);
    }

    [Fact]
    public void Page_OfEverySeverity_TellsThemApartByHeight()
    {
        var page = Parse(ScanPage.Render([new(Report("film.mp4"), Preview())], []));

        Assert.Equal(
            [("info", 8.0), ("warning", 16.0), ("error", 24.0)],
            page.Descendants("rect").Select(rect =>
                ((string)rect.Attribute("class")!, (double)rect.Attribute("height")!)));
        // The last tenth of a second is seen, and within the lane.
        Assert.Equal((997.0, 3.0), ((double)page.Descendants("rect").Last().Attribute("x")!, (double)page
            .Descendants("rect").Last().Attribute("width")!));
    }

    [Fact]
    public void Page_OfAFileWithoutLength_HasItsChecks()
    {
        var report = Report("film.mp4") with
        {
            Duration = 0,
            Checks = [CheckResult.NotApplicable(Checks.Black, "video", "no pictures")],
        };

        var page = Parse(ScanPage.Render([new(report, MediaPreview.None)], []));

        Assert.Empty(page.Descendants("svg"));
        Assert.Contains("Nothing could be checked", page.Value, StringComparison.Ordinal);
        Assert.Contains("no pictures", page.Value, StringComparison.Ordinal);
    }

    [AxeFact]
    public async Task Page_InABrowser_IsForEverybodyOnEveryScreen()
    {
        await using var chromium = await ChromiumProcess.StartAsync();
        using var driver = await Playwright.CreateAsync();
        await using var browser = await driver.Chromium.ConnectOverCDPAsync(chromium.Address);
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        var longest = new string('w', 200);
        await page.SetContentAsync(ScanPage.Render(
            [new(Report(Hostile), Preview()), new(Report(longest), MediaPreview.None)], [new(longest, longest)]));
        foreach (var (width, scheme) in new[]
        {
            (1280, ColorScheme.Light), (1280, ColorScheme.Dark), (320, ColorScheme.Dark),
        })
        {
            await page.SetViewportSizeAsync(width, 900);
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });

            Assert.Equal([], await Axe.ViolationsAsync(page));
            Assert.Equal(0, await page.EvaluateAsync<int>(
                "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"));
        }
    }

    internal static ScanReport Report(string file)
    {
        Finding[] findings =
        [
            new(0, 1, Severity.Info, 1, "a <b>"),
            new(2, 4.5, Severity.Warning, 2.5, "black for 2.50 s"),
            new(9.98, 10, Severity.Error, null, "\u0002"),
        ];
        return new ScanReport(
            file,
            "matroska,webm",
            10,
            25,
            [new(0, StreamKind.Video, "h264", null, 160, 120, 25, "yuv420p", false, null, 0, 0)],
            "technical 2026-11-30",
            ["ffmpeg version 7"],
            [],
            new DateTimeOffset(2026, 11, 30, 9, 0, 0, TimeSpan.FromHours(1)),
            [
                CheckResult.Of(Checks.Black, "video 0", 3.52, "below 2 s", findings),
                CheckResult.Of(Checks.Decode, "file", 0, "0", []),
                CheckResult.NotApplicable(Checks.Silence, "audio", "no sound"),
            ]);
    }

    /// <summary>A JPEG of one pixel would do, but nobody looks.</summary>
    private static MediaPreview Preview() =>
        new(2.5, [.. Enumerable.Repeat(new byte[] { 0xFF, 0xD8 }, 4)], [0, 0.5, 1]);

    private static XElement Parse(string page) =>
        XElement.Parse(page.Replace("<!doctype html>", "", StringComparison.Ordinal));

    private static string? Href(XElement link) => (string?)link.Attribute("href");

    [GeneratedRegex("(src|href)=\"(?!#|data:)|url\\(|@import|<link", RegexOptions.IgnoreCase)]
    private static partial Regex Outside();
}
