using System.Text.Json.Nodes;
using Fed.Tests.Client.Chaos;
using Fed.Tests.MediaQc;
using Fed.Tests.MediaQc.Scan;

namespace Fed.Tests.Client.Qc;

/// <summary><c>fed qc scan</c> as an operator types it.</summary>
public sealed class ScanCommandTests(ScanCommandTests.Films films) : IClassFixture<ScanCommandTests.Films>
{
    [FfmpegFact]
    public async Task Scan_OfACleanFilm_PrintsEveryCheckAndEndsWith0()
    {
        var (code, output, error) = await ScanAsync(films.Clean);

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("h264 160x120 25/s", output, StringComparison.Ordinal);
        Assert.Contains("0 fail, ", output, StringComparison.Ordinal);
        Assert.Contains("0 findings", output, StringComparison.Ordinal);
    }

    [FfmpegTheory]
    [InlineData("error", 0)]
    [InlineData("warning", 1)]
    [InlineData("never", 0)]
    public async Task Scan_OfAFilmWithWarnings_EndsAsFailOnSays(string failOn, int expected)
    {
        var (code, output, _) = await ScanAsync(films.Black, "--fail-on", failOn);

        Assert.Equal(expected, code);
        Assert.Contains("00:00:01:00", output, StringComparison.Ordinal);
        Assert.Contains("black for 3.00 s", output, StringComparison.Ordinal);
    }

    [FfmpegFact]
    public async Task Scan_OfAFolder_ScansTheOthersWhereOneCannotBe()
    {
        var (code, output, error) = await ScanAsync(films.Folder, "--json");

        Assert.Equal((2, ""), (code, error));
        var document = JsonNode.Parse(output)!;
        Assert.Equal(
            ["black.mp4", "clean.mp4"],
            document["reports"]!.AsArray().Select(report => Path.GetFileName((string)report!["file"]!)));
        var failure = Assert.Single(document["failures"]!.AsArray())!;
        Assert.EndsWith("broken.mov", (string?)failure["file"], StringComparison.Ordinal);
        Assert.Contains("ffprobe cannot read it", (string?)failure["reason"], StringComparison.Ordinal);
        var black = document["reports"]![0]!["checks"]!.AsArray().Single(check => (string?)check!["check"] == "black")!;
        Assert.Equal("fail", (string?)black["verdict"]);
        Assert.Equal(1, (double)black["findings"]![0]!["start"]!, 0.05);
        Assert.Equal("warning", (string?)black["findings"]![0]!["severity"]);
    }

    [FfmpegFact]
    public async Task Scan_WithMarkers_WritesFindingsForSpreadsheetsAndEditors()
    {
        var (csv, edl) = (Path.Combine(films.Folder, "m.csv"), Path.Combine(films.Folder, "m.edl"));

        Assert.Equal(0, (await ScanAsync(films.Black, "--markers", csv)).Code);
        Assert.Equal(0, (await ScanAsync(films.Black, "--markers", edl)).Code);

        Assert.Contains(
            $"{films.Black},1,4,00:00:01:00,00:00:04:00,warning,black,video 0,3,s,black for 3.00 s",
            await File.ReadAllLinesAsync(csv));
        Assert.Contains(
            "  V     C        01:00:01:00 01:00:01:01 01:00:01:00 01:00:01:01\r\n"
            + " |C:ResolveColorYellow |M:black, video 0: black for 3.00 s |D:75\r\n",
            await File.ReadAllTextAsync(edl),
            StringComparison.Ordinal);
    }

    [FfmpegFact]
    public async Task Scan_WithAPageAndAnEbuReport_WritesBothBesideTheJson()
    {
        var (html, ebu) = (Path.Combine(films.Folder, "p.html"), Path.Combine(films.Folder, "e.xml"));

        var (code, output, error) = await ScanAsync(films.Black, "--html", html, "--ebu", ebu, "--json");

        Assert.Equal((0, ""), (code, error));
        Assert.Single(JsonNode.Parse(output)!["reports"]!.AsArray());
        Assert.Contains("black for 3.00 s", await File.ReadAllTextAsync(html), StringComparison.Ordinal);
        Assert.Contains("<Name>Finding</Name>", await File.ReadAllTextAsync(ebu), StringComparison.Ordinal);
    }

    [FfmpegFact]
    public async Task Scan_WithAPageOfAFolder_ShowsAlsoWhatCannotBeScanned()
    {
        var html = Path.Combine(films.Folder, "all.html");

        Assert.Equal(2, (await ScanAsync(films.Folder, "--html", html)).Code);

        var page = await File.ReadAllTextAsync(html);
        Assert.Contains("2 files scanned: 1 pass, 1 fail. 1 file could not", page, StringComparison.Ordinal);
        Assert.Contains("broken.mov: ffprobe cannot read it", page, StringComparison.Ordinal);
    }

    [FfmpegTheory]
    [InlineData("no profile is called so", 4, "film.mp4", "--profile", "ebu")]
    [InlineData("--markers names 'm.xml'; it must end with .csv or .edl", 2, "film.mp4", "--markers", "m.xml")]
    [InlineData("there is no such file", 2, "film.mp4")]
    [InlineData("is for one film", 2, "a.mp4", "b.mp4", "--markers", "m.edl")]
    [InlineData("--ebu e.xml is for one film", 2, "a.mp4", "b.mp4", "--ebu", "e.xml")]
    [InlineData("--html names 'b.mp4'; it must end with .html", 2, "a.mp4", "--html", "b.mp4")]
    [InlineData("--ebu names 'b.mp4'; it must end with .xml", 2, "a.mp4", "--ebu", "b.mp4")]
    [InlineData("--html names 'none/p.html'", 2, "a.mp4", "--html", "none/p.html")]
    [InlineData("--ebu names 'none/e.xml'", 2, "a.mp4", "--ebu", "none/e.xml")]
    [InlineData("'fatal' not recognized", 2, "a.mp4", "--fail-on", "fatal")]
    public async Task Scan_WithAWrongOption_SaysWhichAndWhatIsPossible(
        string expected, int code, params string[] arguments)
    {
        var ended = await ScanAsync(arguments);

        Assert.Equal(code, ended.Code);
        Assert.Contains(expected, ended.Error + ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scan_WithoutFfmpeg_SaysHowToInstallIt()
    {
        var (code, _, error) = await FedProcess.RunAsync(
            new() { ["PATH"] = films.Folder }, ["qc", "scan", typeof(ScanCommandTests).Assembly.Location]);

        Assert.Equal(2, code);
        Assert.Contains("apt-get install ffmpeg", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Profile_PrintsWhatScanReads()
    {
        var (code, output, _) = await FedProcess.RunAsync([], ["qc", "profile", "ebu-r128"]);

        Assert.Equal(0, code);
        Assert.Equal(-23, (double)JsonNode.Parse(output)!["loudness"]!["target"]!);
    }

    private static Task<(int Code, string Output, string Error)> ScanAsync(params string[] arguments) =>
        FedProcess.RunAsync(
            [],
            ["qc", "scan", .. arguments, .. arguments.Contains("--profile") ? [] : (string[])["--profile", "technical"]]);

    /// <summary>A clean film, one with three black seconds, and one that is none.</summary>
    public sealed class Films : IAsyncLifetime, IDisposable
    {
        private readonly TestMedia _media = new();

        public string Folder => _media.Folder;

        public string Clean { get; private set; } = "";

        public string Black { get; private set; } = "";

        public async Task InitializeAsync()
        {
            if (!Fed.MediaQc.Pipeline.Ffmpeg.IsInstalled())
                return;
            const string Encode = "-pix_fmt yuv420p -c:v libx264 -preset ultrafast";
            Clean = await _media.MakeAsync("clean.mp4", $"-f lavfi -i '{TestMedia.Pictures}:d=3' {Encode}");
            Black = await _media.MakeAsync(
                "black.mp4",
                $"-f lavfi -i '{TestMedia.Pictures}:d=6' -vf 'drawbox=c=black:t=fill:enable=between(t\\,1\\,3.99)' "
                + Encode);
            await File.WriteAllTextAsync(_media.PathOf("broken.mov"), "no film");
        }

        public Task DisposeAsync() => Task.CompletedTask;

        public void Dispose() => _media.Dispose();
    }
}
