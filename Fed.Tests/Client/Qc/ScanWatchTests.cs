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
    public async Task Look_WhereReportsCannotBeWritten_SaysSoOnceAndTriesAgain()
    {
        Put("film.mp4");
        await File.WriteAllTextAsync(Reports, "a file where the folder should be");
        var watch = Watch();

        await LookAsync(watch, 0, 10, 20);
        File.Delete(Reports);
        await LookAsync(watch, 30);

        Assert.Contains("its report cannot be written", Assert.Single(_warned), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Reports, "film.mp4.json")));
        Assert.Single(_told);
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

    private ScanWatch Watch(Action<string>? scan = null) => new(
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
