using System.CommandLine;
using System.Text.Json.Nodes;
using Fed.Cli.Qc;
using Fed.MediaQc.Scan;
using Fed.Tests.Client.Chaos;
using Fed.Tests.MediaQc;
using Fed.Tests.MediaQc.Scan;

namespace Fed.Tests.Client.Qc;

/// <summary><c>fed qc scan --watch</c>.</summary>
public sealed class ScanWatchTests : IDisposable
{
    private static readonly DateTimeOffset s_start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TestMedia _media = new();
    private readonly List<string> _scanned = [];
    private readonly List<string> _told = [];
    private readonly List<string> _warned = [];

    public void Dispose() => _media.Dispose();

    private string Incoming => _media.PathOf("in");

    private string Reports => _media.PathOf("out");

    [Fact]
    public async Task Look_AFileThatHasArrived_IsScannedOnceWhoeverLooks()
    {
        var film = Put(Path.Combine("day", "film.mp4"));
        var watch = Watch();

        await LookAsync(watch, 0, 10, 20);
        await LookAsync(Watch(), 30, 40);

        Assert.Equal([film], _scanned);
        Assert.Equal([film], _told);
        var report = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Reports, "day", "film.mp4.json")))!;
        Assert.Equal(film, (string?)report["report"]!["file"]);
        Assert.Contains(
            "film.mp4", await File.ReadAllTextAsync(Path.Combine(Reports, "day", "film.mp4.html")),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_AFileThatIsDeliveredAgain_IsScannedAgain()
    {
        var film = Put("film.mp4");
        var watch = Watch();

        await LookAsync(watch, 0, 10);
        File.AppendAllText(film, "mended");
        await LookAsync(watch, 20, 30);
        Put("film.de.srt");
        await LookAsync(watch, 40, 50, 60);

        Assert.Equal([film, film, film], _scanned);
    }

    [Fact]
    public async Task Look_AFileThatCannotBeScanned_HasThatAsItsReport()
    {
        var film = Put("film.mp4");
        var watch = Watch(path => throw new ScanException($"{path}: it is broken"));

        await LookAsync(watch, 0, 10, 20);

        Assert.Equal([film], _scanned);
        var report = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Reports, "film.mp4.json")))!;
        Assert.Equal((null, $"{film}: it is broken"), (report["report"], (string?)report["failure"]));
    }

    [Fact]
    public async Task Look_AFileThatIsWrittenToMeanwhile_WaitsForALaterLook()
    {
        var film = Put("film.mp4");
        var watch = Watch(path =>
        {
            if (_scanned.Count == 1)
                File.AppendAllText(path, "more");
        });

        await LookAsync(watch, 0, 10);
        Assert.Empty(_told);
        await LookAsync(watch, 20, 30);

        Assert.Equal([film, film], _scanned);
        Assert.Equal([film], _told);
    }

    [Fact]
    public async Task Look_AFileThatIsAwayWhileItIsScanned_IsScannedWhenItIsBack()
    {
        var film = Put("film.mp4");
        var watch = Watch(path =>
        {
            if (_scanned.Count == 1)
                File.Move(path, path + ".away");
        });

        await LookAsync(watch, 0, 10, 20);
        File.Move(film + ".away", film);
        await LookAsync(watch, 30, 40);

        Assert.Equal([film, film], _scanned);
        Assert.Equal([film], _told);
    }

    [Fact]
    public async Task Look_SubtitlesThatComeAndGo_LeaveAReportOfThePresentState()
    {
        var film = Put("film.mp4");
        var watch = Watch();
        await LookAsync(watch, 0, 10);
        var subtitles = Put("film.de.srt");
        await LookAsync(watch, 20, 30);
        File.Delete(subtitles);

        await LookAsync(watch, 40, 50);

        Assert.Equal([film, film, film], _scanned);
        var report = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Reports, "film.mp4.json")))!;
        Assert.Equal(WatchedFile.Now(film)!.State, (string?)report["state"]);
    }

    [Theory]
    [InlineData(null, 2)]
    [InlineData("cut {", 2)]
    [InlineData("{ \"mine\": true }", 1)]
    public async Task Look_AReportThatIsNoLongerOurs_IsWrittenAnewUnlessItIsAnotherFile(string? text, int scans)
    {
        Put("film.mp4");
        var watch = Watch();
        await LookAsync(watch, 0, 10);
        var report = Path.Combine(Reports, "film.mp4.json");
        File.Delete(report);
        if (text is not null)
            await File.WriteAllTextAsync(report, text);

        await LookAsync(watch, 20, 30);

        Assert.Equal(scans, _scanned.Count);
        Assert.Equal(scans == 2, (await File.ReadAllTextAsync(report)).Contains("\"state\"", StringComparison.Ordinal));
        Assert.Equal(scans == 2 ? [] : [$"{report} is something else, or cannot be read"], _warned.Select(text => text.Split('(', ')')[1]));
    }

    [Fact]
    public async Task Look_ALink_HasArrivedWhenWhatItLeadsToHas()
    {
        Directory.CreateDirectory(Incoming);
        var (target, link) = (_media.PathOf("elsewhere.mp4"), Path.Combine(Incoming, "film.mp4"));
        await File.WriteAllTextAsync(target, "half");
        File.CreateSymbolicLink(link, target);
        var watch = Watch();

        await LookAsync(watch, 0, 4);
        await File.AppendAllTextAsync(target, "whole");
        await LookAsync(watch, 6, 9);
        Assert.Empty(_scanned);
        await LookAsync(watch, 12, 20);

        Assert.Equal([link], _scanned);
    }

    [Fact]
    public async Task Look_AScanThatFailsUnexpectedly_IsTriedAgainEverMoreSeldom()
    {
        Put("film.mp4");
        var other = Put("other.mp4");
        var watch = Watch(path =>
        {
            if (path != other)
                throw new InvalidOperationException("nobody knows why");
        });

        await LookAsync(watch, [.. Enumerable.Range(0, 101).Select(second => (double)second)]);

        // At 5, 10, 20, 40 and 80 seconds.
        Assert.Equal(5, _scanned.Count(path => path != other));
        Assert.Equal([other], _told);
        Assert.EndsWith(
            "film.mp4: nobody knows why; it will be tried again", Assert.Single(_warned), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_WhereAReportCannotBeWritten_SaysSoOnceAndScansNothing()
    {
        Put(Path.Combine("day", "film.mp4"));
        Directory.CreateDirectory(Reports);
        await File.WriteAllTextAsync(Path.Combine(Reports, "day"), "a file where the folder should be");
        var watch = Watch();

        await LookAsync(watch, 0, 5, 6, 7);
        Assert.Empty(_scanned);
        File.Delete(Path.Combine(Reports, "day"));
        await LookAsync(watch, 10);

        Assert.Contains("its report cannot be written", Assert.Single(_warned), StringComparison.Ordinal);
        Assert.Single(_told);
    }

    [Fact]
    public async Task Look_WhileTheReportsAreAway_SaysSoOnceAndWaits()
    {
        Put("film.mp4");
        var watch = Watch();
        Directory.Delete(Reports);

        await LookAsync(watch, 0, 10, 20);
        Assert.Empty(_scanned);
        Directory.CreateDirectory(Reports);
        await LookAsync(watch, 30);

        Assert.Contains("the folder of reports is away", Assert.Single(_warned), StringComparison.Ordinal);
        Assert.Single(_told);
    }

    [Fact]
    public void Lock_OfReportsThatAnotherWatchWrites_IsRefused()
    {
        using (new WatchLock(Reports))
        {
            Assert.Contains(
                "another watch",
                Assert.Throws<ArgumentException>(() => new WatchLock(Reports)).Message,
                StringComparison.Ordinal);
        }

        new WatchLock(Reports).Dispose();
    }

    [Fact]
    public async Task Look_WhileTheFolderIsAway_SaysSoOnceAndGoesOn()
    {
        var watch = Watch();

        await LookAsync(watch, 0, 10);
        Put("film.mp4");
        await LookAsync(watch, 20, 30);

        Assert.Contains("the folder cannot be read", Assert.Single(_warned), StringComparison.Ordinal);
        Assert.Single(_told);
    }

    [FfmpegFact]
    public async Task Scan_Watching_ScansAFilmThatComesAndEndsWhenTold()
    {
        Directory.CreateDirectory(Incoming);
        using var stop = new CancellationTokenSource();
        using var output = new Lines(line =>
        {
            if (line.Contains("film.mkv", StringComparison.Ordinal))
                stop.Cancel();
        });
        var running = ScanCommand.Create()
            .Parse(["--watch", Incoming, "--reports", Reports, "--settle", "0.2", "--profile", "technical"])
            .InvokeAsync(new InvocationConfiguration { Output = output }, stop.Token);

        await _media.MakeAsync("film.mkv", $"-f lavfi -i color=black:s=64x64:r=25:d=4 -c:v mpeg4");
        File.Move(_media.PathOf("film.mkv"), Path.Combine(Incoming, "film.mkv"));
        await running.WaitAsync(TimeSpan.FromMinutes(2));

        Assert.Contains(output.All, line => line.StartsWith("pass         film.mkv: ", StringComparison.Ordinal));
        var report = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Reports, "film.mkv.json")))!["report"]!;
        Assert.Contains(
            report["checks"]!.AsArray(),
            check => ((string?)check!["check"], (string?)check["verdict"]) == ("black", "fail"));
    }

    [Theory]
    [InlineData("give either files and folders to scan, or --watch with a folder")]
    [InlineData("give either files and folders to scan, or --watch with a folder", "film.mp4", "--watch", ".")]
    [InlineData("--html is for files that are named", "--watch", ".", "--html", "page.html")]
    [InlineData("--settle goes with --watch", "film.mp4", "--settle", "3")]
    [InlineData("--settle must be 0.2 to 3600 seconds", "--watch", ".", "--settle", "0")]
    [InlineData("which is no folder", "--watch", "nowhere")]
    [InlineData("--reports names '/dev/null/x', where no folder can be", "--watch", ".", "--reports", "/dev/null/x")]
    public async Task Scan_WatchingWrongly_SaysWhatIsWrong(string reason, params string[] arguments)
    {
        var (code, _, error) = await FedProcess.RunAsync([], ["qc", "scan", .. arguments]);

        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Equal(2, code);
    }

    private string Put(string name)
    {
        var path = Path.Combine(Incoming, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "something");
        return path;
    }

    private ScanWatch Watch(Action<string>? scan = null)
    {
        Directory.CreateDirectory(Reports);
        return new(
            Incoming,
            Reports,
            TimeSpan.FromSeconds(5),
            (path, _) =>
            {
                _scanned.Add(path);
                scan?.Invoke(path);
                return Task.FromResult(new ScannedFile(
                    new ScanReport(path, "mp4", 1, 25, [], "technical", [], [], s_start, []), MediaPreview.None));
            },
            (path, _) => _told.Add(path),
            _warned.Add);
    }

    private static async Task LookAsync(ScanWatch watch, params double[] seconds)
    {
        foreach (var second in seconds)
            await watch.LookAsync(s_start.AddSeconds(second), CancellationToken.None);
    }

    /// <summary>Tells each line as it comes.</summary>
    private sealed class Lines(Action<string> told) : StringWriter
    {
        public List<string> All { get; } = [];

        public override void WriteLine(string? value)
        {
            All.Add(value ?? "");
            told(value ?? "");
        }
    }
}
