using System.Text.Json.Nodes;
using Fed.Cli;
using Fed.Cli.Qc;
using Fed.Tests.Client.Chaos;
using Fed.Tests.MediaQc;
using Fed.Tests.MediaQc.Anonymise;

namespace Fed.Tests.Client.Qc;

/// <summary><c>fed qc anonymise</c> as an operator types it.</summary>
public sealed class AnonymiseCommandTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public AnonymiseCommandTests()
    {
        Directory.CreateDirectory(_scratch.File("in/below"));
        foreach (var name in (string[])["in/a.jpg", "in/below/b.jpg"])
            File.Copy(FaceDetectorTests.Portrait, _scratch.File(name));
        File.WriteAllText(_scratch.File("in/c.png"), "no picture");
    }

    public void Dispose() => _scratch.Dispose();

    [FfmpegFact]
    public async Task Anonymise_OfAFolder_DoesTheOthersWhereOneCannotBe()
    {
        var json = _scratch.File("report.json");

        var (code, output, error) = await RunAsync(_scratch.File("in"), "--out", _scratch.File("out"), "--json", json);

        Assert.Equal(2, code);
        Assert.Contains("c.png: its pictures cannot be decoded", error, StringComparison.Ordinal);
        Assert.Contains("somebody has to look at the result", output, StringComparison.Ordinal);
        Assert.Contains("1 of 1 pictures blurred (blur)", output, StringComparison.Ordinal);
        Assert.Equal(
            ["out/a.jpg", "out/below/b.jpg"],
            Directory.EnumerateFileSystemEntries(_scratch.File("out"), "*", SearchOption.AllDirectories)
                .Where(File.Exists).Select(file => Path.GetRelativePath(_scratch.Directory, file)).Order());
        var document = JsonNode.Parse(await File.ReadAllTextAsync(json))!;
        var region = document["reports"]![0]!["regions"]![0]!;
        Assert.Equal("face", (string?)region["kind"]);
        Assert.Equal(4, region["area"]!.AsArray().Count);
        Assert.StartsWith("MTCNN, SHA-256 ", (string?)region["source"], StringComparison.Ordinal);
        Assert.Equal("blur", (string?)document["reports"]![0]!["settings"]!["cover"]);
        Assert.Single(document["failures"]!.AsArray());
    }

    [FfmpegFact]
    public async Task Anonymise_WithDryRun_OnlySaysWhatItWouldDo()
    {
        var (code, output, error) = await RunAsync(_scratch.File("in/a.jpg"), "--dry-run", "--json", "-");

        Assert.Equal((0, ""), (code, error));
        var report = Assert.Single(JsonNode.Parse(output)!["reports"]!.AsArray())!;
        Assert.Null(report["output"]);
        Assert.NotEmpty(report["regions"]!.AsArray());
        Assert.Equal(3, Directory.EnumerateFiles(_scratch.Directory, "*", SearchOption.AllDirectories).Count());
    }

    [FfmpegTheory]
    [InlineData("it would be written over a source", "in/a.jpg", "--out", "in/a.jpg", "--force")]
    [InlineData("quality of encoder mjpeg is 1 to 31, not 40", "in/a.jpg", "--out", "out.jpg", "--quality", "40")]
    public async Task Anonymise_OfWhatCannotBe_SaysWhyAndLeavesTheSource(string expected, params string[] arguments)
    {
        var before = await File.ReadAllBytesAsync(_scratch.File("in/a.jpg"));

        var (code, _, error) = await RunAsync(
            [.. arguments.Select(word => word.Contains('.', StringComparison.Ordinal) ? _scratch.File(word) : word)]);

        Assert.Equal(2, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(_scratch.File("in/a.jpg")));
        Assert.Empty(Directory.EnumerateFiles(_scratch.Directory));
    }

    [Theory]
    [InlineData("--faces must be 0.5 to 1", "--faces", "0.4")]
    [InlineData("--smallest must be 1 to 100 percent", "--smallest", "0")]
    [InlineData("--quality must be 0 to 63", "--quality", "64")]
    [InlineData("'smear'", "--with", "smear")]
    [InlineData("'gif'", "--encoder", "gif")]
    public void Anonymise_WithAWrongOption_SaysWhatIsPossible(string expected, params string[] options) => Assert.Contains(
        CommandLine.Complaints(CommandLine.Create().Parse(["qc", "anonymise", "a.mp4", "--dry-run", .. options])),
        line => line.Contains(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("in/a.jpg", "in", true, "it would be written over a source")]
    [InlineData("in/a.jpg", "in/below/b.jpg", false, "it stands there already; --force replaces it")]
    [InlineData("in/a.jpg in/a.jpg", "out", false, "becomes")]
    [InlineData("empty", "out", false, "there is no film or picture in this folder")]
    public void Expand_OfWhatCannotBe_SaysWhy(string named, string target, bool mayReplace, string expected)
    {
        Directory.CreateDirectory(_scratch.File("empty"));

        var (_, failures) = AnonymiseFiles.Expand(
            [.. named.Split(' ').Select(_scratch.File)], _scratch.File(target), mayReplace);

        Assert.Contains(expected, Assert.Single(failures).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Expand_IntoAFolderBelowTheSources_LeavesOutWhatAnEarlierRunWrote()
    {
        var (files, _) = AnonymiseFiles.Expand([_scratch.File("in")], _scratch.File("in/below"), mayReplace: true);

        Assert.Equal(
            [("in/a.jpg", "in/below/a.jpg"), ("in/c.png", "in/below/c.png")],
            files.Select(each => (
                Path.GetRelativePath(_scratch.Directory, each.File), Path.GetRelativePath(_scratch.Directory, each.Output!))));
    }

    /// <summary>A film behind two links to folders is the film.</summary>
    [Fact]
    public void Expand_ThroughLinksToTheSourcesFolder_LeavesTheSource()
    {
        Directory.CreateSymbolicLink(_scratch.File("link"), _scratch.File("in"));
        Directory.CreateSymbolicLink(_scratch.File("again"), "link");

        var (_, failures) = AnonymiseFiles.Expand([_scratch.File("in/a.jpg")], _scratch.File("again/a.jpg"), mayReplace: true);

        Assert.Contains("it would be written over a source", Assert.Single(failures).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("in/a.jpg")]
    [InlineData("seen.json")]
    public async Task Anonymise_WithAReportOverWhatItReads_IsRefusedAndLeavesIt(string report)
    {
        await File.WriteAllTextAsync(_scratch.File("seen.json"), "[]");
        var before = await File.ReadAllBytesAsync(_scratch.File(report));

        var (code, _, error) = await RunAsync(
            _scratch.File("in/a.jpg"), "--dry-run", "--also", _scratch.File("seen.json"), "--json", _scratch.File(report));

        Assert.Equal(2, code);
        Assert.Contains("--json would be written over", error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(_scratch.File(report)));
    }

    [Fact]
    public void Expand_IntoAFileOfAFolderThatIsNotThere_IsRefused() => Assert.Contains(
        "which is no folder; make it before",
        Assert.Throws<ArgumentException>(
            () => AnonymiseFiles.Expand([_scratch.File("in/a.jpg")], _scratch.File("none/out.jpg"), false)).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task Anonymise_WithAModelOfAnotherTask_SaysWhatItIs()
    {
        var (code, _, error) = await RunAsync(
            _scratch.File("in/a.jpg"), "--dry-run", "--model", Repository.PathOf("data", "models", "media-qc.onnx"));

        Assert.Equal(4, code);
        Assert.Contains("it is a model of task media-qc, which finds no regions", error, StringComparison.Ordinal);
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) =>
        FedProcess.RunAsync([], ["qc", "anonymise", .. arguments]);
}
