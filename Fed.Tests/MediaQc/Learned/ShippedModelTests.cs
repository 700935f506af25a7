using Fed.MediaQc.Folders;
using Fed.MediaQc.Learned;
using Fed.MediaQc.Scan;
using Fed.Tests.MediaQc.Scan;

namespace Fed.Tests.MediaQc.Learned;

/// <summary>The models that come with the repository, on content that no house has.</summary>
public sealed class ShippedModelTests
{
    [Theory]
    [InlineData("media-qc", 0.7)]
    [InlineData("audio-qc", 0.8)]
    [InlineData("subtitle-qc", 0.8)]
    [InlineData("programme-qc", 0.9)]
    public void Model_OnHeldOutContent_IsAsAccurateAsItsReadmeSays(string task, double least)
    {
        var file = Repository.PathOf("data", "models", task + ".onnx");
        using var models = new LearnedModels();
        var model = LearnedModel.Open(file);
        var folder = DataFolder.Open(Repository.PathOf("data", task));

        models.Add(model, file);
        Assert.Equal((folder.Task.Name, folder.Task.Features), (model.Card.Task, model.Card.Features));
        Assert.Equal(folder.Task.Classes, model.Card.Classes);
        var accuracies = folder.Clusters.Select(cluster => Accuracy(model, folder.Test(cluster))).ToArray();
        Assert.InRange(accuracies.Average(), least, 1);
        Assert.Contains(
            FormattableString.Invariant($"| {100 * accuracies.Average():0.0} % |"),
            File.ReadAllText(Repository.PathOf("data", "models", "README.md")),
            StringComparison.Ordinal);
    }

    /// <summary>Dither of the conversion to 8 bits is like combing.</summary>
    [FfmpegFact]
    public async Task Scan_SmoothPicturesOfTenBits_FindsNoFaultOfFields()
    {
        using var media = new TestMedia();
        var film = await media.MakeAsync(
            "smooth.mkv", "-f lavfi -i mandelbrot=s=640x360:r=25 -t 2 -vf gblur=sigma=6,format=yuv420p10le -c:v ffv1");
        using var models = new LearnedModels();
        var file = Repository.PathOf("data", "models", "media-qc.onnx");
        models.Add(LearnedModel.Open(file), file);

        var report = await new MediaScanner(ScanProfile.Read(ScanProfile.DefaultName), models, TimeProvider.System)
            .ScanAsync(film, null, CancellationToken.None);

        report.AssertPassed(new CheckInfo("learned.field", "", ""));
    }

    private static double Accuracy(LearnedModel model, Fed.Training.SampleSet test)
    {
        var classes = model.Card.Classes.Count;
        var probabilities = new float[test.Count * classes];
        model.Predict(test.Inputs, test.Count, probabilities);
        return Enumerable.Range(0, test.Count).Average(i =>
        {
            var row = probabilities.AsSpan(i * classes, classes);
            return System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(row) == test.Labels[i] ? 1.0 : 0;
        });
    }
}
