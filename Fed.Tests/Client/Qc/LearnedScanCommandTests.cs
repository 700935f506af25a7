using System.Diagnostics;
using System.Text.Json.Nodes;
using Fed.MediaQc.Pipeline;
using Fed.Tests.Client.Chaos;
using Fed.Tests.MediaQc;
using Fed.Tests.MediaQc.Learned;
using Fed.Tests.MediaQc.Scan;
using Fed.Tests.Silo.Cluster;

namespace Fed.Tests.Client.Qc;

/// <summary><c>fed qc scan --model</c> and <c>fed model</c> as they are typed.</summary>
public sealed class LearnedScanCommandTests : IDisposable
{
    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [FfmpegFact]
    public async Task Scan_WithAModel_WarnsAndNamesItEverywhere()
    {
        var (film, model) = (await FilmAsync(), await ModelAsync());
        var (page, markers) = (_media.PathOf("p.html"), _media.PathOf("m.csv"));

        var (code, output, error) = await FedProcess.RunAsync(
            [],
            ["qc", "scan", film, "--model", model, "--profile", "technical", "--fail-on", "warning",
                "--html", page, "--markers", markers]);

        Assert.Equal((1, ""), (code, error));
        Assert.Contains("noise in 100 % of the places looked at", output, StringComparison.Ordinal);
        Assert.Contains("media-qc of codecs version 12", output, StringComparison.Ordinal);
        Assert.Contains("media-qc of codecs version 12", await File.ReadAllTextAsync(page), StringComparison.Ordinal);
        Assert.Contains("learned.noise", await File.ReadAllTextAsync(markers), StringComparison.Ordinal);
    }

    [FfmpegTheory]
    [InlineData(4, "there is no such model", "--model", "none.onnx")]
    [InlineData(4, "it is no ONNX model", "--model", "film.mkv")]
    [InlineData(4, "there is a model of qc-v2 already", "--model", "model.onnx", "--model", "model.onnx")]
    [InlineData(2, "is no http or https address", "--federation", "codecs")]
    [InlineData(2, "the server cannot be reached", "--federation", "http://127.0.0.1:9/codecs")]
    public async Task Scan_WithAWrongModel_SaysWhatIsWrong(int expected, string reason, params string[] options)
    {
        var film = await FilmAsync();
        await ModelAsync();
        string[] placed = [.. options.Select(word => word.Contains('.') && !word.Contains('/') ? _media.PathOf(word) : word)];

        var (code, _, error) = await FedProcess.RunAsync([], ["qc", "scan", film, .. placed]);

        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Equal(expected, code);
    }

    [Fact]
    public async Task Model_ExportedFromAVersionsFile_ShowsItsTask()
    {
        var data = Repository.PathOf("data", "media-qc");
        var specification = Fed.Training.ModelSpecification.Parse(
            await File.ReadAllTextAsync(Path.Combine(data, "model.json")));
        var (weights, onnx) = (_media.PathOf("v.safetensors"), _media.PathOf("v.onnx"));
        await using (var file = File.Create(weights))
            Fed.Core.Models.Safetensors.Write(file, specification.Layout, specification.Initialise(1));

        var (code, output, error) = await FedProcess.RunAsync(
            [], ["model", "export", "--weights", weights, "--data", data, "--out", onnx]);
        var shown = await FedProcess.RunAsync([], ["model", "show", onnx, "--json"]);
        var (refused, _, reason) = await FedProcess.RunAsync(
            [], ["model", "export", "--weights", onnx, "--data", data, "--out", onnx]);

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("media-qc, 9 classes", output, StringComparison.Ordinal);
        Assert.Equal("qc-v2", (string?)JsonNode.Parse(shown.Output)!["card"]!["features"]);
        Assert.Equal(4, refused);
        Assert.Contains("v.onnx: a safetensors header of", reason, StringComparison.Ordinal);
    }

    /// <summary>In a network of its own, whose kernel counts all that is sent, and all that is tried.</summary>
    [NetworkFact]
    public async Task Scan_WithAModel_SendsNothingAtAll()
    {
        var (film, model) = (await FilmAsync(), await ModelAsync());
        var scan = $"dotnet '{FedProcess.Program}' qc scan '{film}' --model '{model}' --fail-on never";

        var quiet = await CountersAsync(scan);
        var loud = await CountersAsync("exec 3<>/dev/udp/127.0.0.1/9; echo x >&3");

        Assert.Contains("noise in 100 %", quiet.Output, StringComparison.Ordinal);
        Assert.All(quiet.Counters, counter => Assert.Equal(0, counter.Value));
        // The control: a packet is seen.
        Assert.Contains(loud.Counters, counter => counter.Value > 0);
    }

    private static async Task<(string Output, Dictionary<string, long> Counters)> CountersAsync(string command)
    {
        var (_, output, _) = await ToolProcess.RunAsync(new ProcessStartInfo(
            "unshare", ["--net", "bash", "-c", $"ip link set lo up; {command}; echo; cat /proc/net/snmp /proc/net/snmp6"]));
        var lines = output.Split('\n');
        var counters = new Dictionary<string, long>();
        foreach (var (names, values) in lines.Zip(lines.Skip(1)).Where(pair =>
            pair.First.Split(' ')[0] == pair.Second.Split(' ')[0] && pair.First.Contains(": ", StringComparison.Ordinal)))
        {
            foreach (var (name, value) in names.Split(' ').Zip(values.Split(' ')).Where(pair => IsSent(pair.First)))
                counters[names.Split(' ')[0] + name] = long.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
        }

        Assert.NotEmpty(counters);
        return (output, counters);
    }

    private static bool IsSent(string name) => name is "OutRequests" or "OutNoRoutes" or "OutDatagrams" or "ActiveOpens"
        or "OutSegs" or "OutMsgs";

    private Task<string> FilmAsync() =>
        _media.MakeAsync("film.mkv", "-f lavfi -i testsrc=s=64x64:r=25:d=2 -c:v ffv1");

    private async Task<string> ModelAsync()
    {
        var path = _media.PathOf("model.onnx");
        await File.WriteAllBytesAsync(path, TestModels.Always(QcClasses.Noise));
        return path;
    }
}
