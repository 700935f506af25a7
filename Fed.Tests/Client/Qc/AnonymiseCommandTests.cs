using System.Text.Json.Nodes;
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
    [InlineData("it would be written over a source", "in/a.jpg", "--out", "in", "--force")]
    [InlineData("it stands there already; --force replaces it", "in/a.jpg", "--out", "in/below/b.jpg")]
    [InlineData("becomes", "in/a.jpg", "in/a.jpg", "--out", "out")]
    [InlineData("give either --out with a file or folder, or --dry-run", "in/a.jpg")]
    [InlineData("give either --out with a file or folder, or --dry-run", "in/a.jpg", "--dry-run", "--out", "b.jpg")]
    [InlineData("--faces must be 0.5 to 1", "in/a.jpg", "--dry-run", "--faces", "0.4")]
    [InlineData("--smallest must be 1 to 100 percent", "in/a.jpg", "--dry-run", "--smallest", "0")]
    [InlineData("quality of encoder mjpeg is 1 to 31, not 40", "in/a.jpg", "--out", "out.jpg", "--quality", "40")]
    [InlineData("which is no folder; make it before", "in/a.jpg", "--out", "none/out.jpg")]
    [InlineData("there is no film or picture in this folder", "out", "--dry-run")]
    public async Task Anonymise_WithAWrongOption_SaysWhichAndLeavesTheSource(string expected, params string[] arguments)
    {
        Directory.CreateDirectory(_scratch.File("out"));
        var before = await File.ReadAllBytesAsync(_scratch.File("in/a.jpg"));

        var (code, output, error) = await RunAsync(
            [.. arguments.Select(word => word.Contains('/') || word.StartsWith("out", StringComparison.Ordinal) || word == "in"
                ? _scratch.File(word)
                : word)]);

        Assert.Equal(2, code);
        Assert.Contains(expected, error + output, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(_scratch.File("in/a.jpg")));
        Assert.Empty(Directory.EnumerateFiles(_scratch.Directory, "out*"));
    }

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
