using System.Text.Json.Nodes;
using Fed.Core.Models;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Learned;
using Fed.Tests.Client.Chaos;
using Fed.Training;

namespace Fed.Tests.Client.Models;

/// <summary><c>fed model tune</c> as a house types it.</summary>
public sealed class TuneCommandTests : IDisposable
{
    private static readonly string s_task = Path.Combine(Repository.Root, "data", "subtitle-qc");

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-tune-").FullName;
    private readonly DataFolder _data = DataFolder.Open(s_task);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Own => _data.Participants[0].Directory;

    private string Onnx => Path.Combine(_folder, "own.onnx");

    [Fact]
    public async Task Tune_OfAVersion_WritesOneThatIsBetterOnTheHousesValidationSamples()
    {
        var weights = await WeightsAsync();

        var (code, output, error) = await TuneAsync(weights, Own, "--passes", "2", "--rate", "0.02", "--json");

        Assert.Equal((0, ""), (code, error));
        var house = ParticipantFolder.Open(Own);
        var card = JsonNode.Parse(output)!["card"]!;
        Assert.Equal(
            $"{house.Train.Count} samples of its house, passes 2, rate 2e-2, seed 1", (string?)card["tuned"]);
        using var model = LearnedModel.Open(Onnx);
        var specification = ModelSpecification.Parse(_data.ModelJson);
        var before = Trainers.Managed(specification).Evaluate(specification.Initialise(1), house.Validation);
        Assert.True(Right(model, house.Validation) > before.Correct);
    }

    [Fact]
    public async Task Tune_ThatIsNotBetter_WritesNothing()
    {
        var (code, _, error) = await TuneAsync(await WeightsAsync(), Own, "--passes", "1", "--rate", "1e-12");

        Assert.Equal(1, code);
        Assert.Contains("serves this house as well, and nothing was written", error, StringComparison.Ordinal);
        Assert.False(File.Exists(Onnx));
    }

    [Fact]
    public async Task Tune_OnSamplesOfAnotherTask_IsRefused()
    {
        var other = DataFolder.Open(Path.Combine(Repository.Root, "data", "audio-qc")).Participants[0].Directory;

        var (code, _, error) = await TuneAsync(await WeightsAsync(), other);

        Assert.Equal(4, code);
        Assert.Contains("the samples are of task audio-qc by", error, StringComparison.Ordinal);
        Assert.Contains("and the model of subtitle-qc by", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere", 1f, "it must have the house's train.fqc")]
    [InlineData(null, float.NaN, "it has values that are no finite numbers")]
    public async Task Tune_OfWhatIsNotThere_SaysWhatIsMissing(string? own, float value, string reason)
    {
        var model = ModelSpecification.Parse(_data.ModelJson);
        var weights = Path.Combine(_folder, "constant.safetensors");
        await using (var file = File.Create(weights))
            Safetensors.Write(file, model.Layout, Enumerable.Repeat(value, (int)model.Layout.ParameterCount).ToArray());

        var (code, _, error) = await TuneAsync(weights, own ?? Own);

        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Equal(4, code);
    }

    private static int Right(LearnedModel model, SampleSet set)
    {
        var probabilities = new float[set.Count * set.Classes];
        model.Predict(set.Inputs, set.Count, probabilities);
        return Enumerable.Range(0, set.Count).Count(i =>
            probabilities.AsSpan(i * set.Classes, set.Classes).IndexOf(
                probabilities.Skip(i * set.Classes).Take(set.Classes).Max()) == set.Labels[i]);
    }

    private Task<(int Code, string Output, string Error)> TuneAsync(
        string weights, string own, params string[] options) => FedProcess.RunAsync(
            [], ["model", "tune", "--weights", weights, "--data", s_task, "--own", own, "--out", Onnx, .. options]);

    private async Task<string> WeightsAsync()
    {
        var model = ModelSpecification.Parse(_data.ModelJson);
        var path = Path.Combine(_folder, "v.safetensors");
        await using var file = File.Create(path);
        Safetensors.Write(file, model.Layout, model.Initialise(1));
        return path;
    }
}
