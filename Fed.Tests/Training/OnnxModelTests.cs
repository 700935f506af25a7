using Fed.Training;
using Microsoft.ML.OnnxRuntime;

namespace Fed.Tests.Training;

/// <summary>What ONNX Runtime makes of our files, against loops in double precision written from the definitions.
/// </summary>
public sealed class OnnxModelTests
{
    private const string WithDropout = """
        {"name":"dropout last but one","input":[1,8,8],"loss":"softmaxCrossEntropy","layers":[
          {"type":"conv2d","filters":2,"kernel":5,"stride":3,"padding":2},{"type":"dropout","rate":0.4},
          {"type":"dense","units":4},{"type":"relu"},{"type":"dropout","rate":0.1}]}
        """;

    [Theory]
    [InlineData(TestData.SmallConvolution)]
    [InlineData(TestData.SmallDense)]
    [InlineData(WithDropout)]
    public void Write_EveryLayer_GivesTheTrainersOutputs(string specification)
    {
        var model = ModelSpecification.Parse(specification);
        var parameters = TestData.Uniform((int)model.Layout.ParameterCount, seed: 3);
        const int batch = 5;
        var length = model.Input.Aggregate(1, (product, side) => product * side);
        var inputs = TestData.Uniform(batch * length, seed: 4);

        var (logits, probabilities) = Run(Written(model, parameters), model, inputs, batch);

        for (var sample = 0; sample < batch; sample++)
        {
            var input = TestData.Wide(inputs.AsSpan(sample * length, length));
            var expected = ReferenceModel.Logits(model, TestData.Wide(parameters), input);
            var sum = expected.Sum(Math.Exp);
            for (var i = 0; i < expected.Length; i++)
            {
                Assert.Equal(expected[i], logits[sample * expected.Length + i], 1e-4);
                Assert.Equal(Math.Exp(expected[i]) / sum, probabilities[sample * expected.Length + i], 1e-4);
            }
        }
    }

    [Fact]
    public void Write_TheShippedModel_GivesTheTrainersLossAndPredictions()
    {
        var folder = Fed.MediaQc.Folders.DataFolder.Open(Repository.PathOf("data", "media-qc"));
        var model = ModelSpecification.Parse(folder.ModelJson);
        var parameters = model.Initialise(seed: 1);
        var test = folder.Test("h264");

        var (_, probabilities) = Run(Written(model, parameters), model, test.Inputs, test.Count);

        var expected = Trainers.Managed(model).Evaluate(parameters, test);
        var loss = Enumerable.Range(0, test.Count)
            .Average(i => -Math.Log(probabilities[i * model.Classes + test.Labels[i]]));
        Assert.Equal(expected.Loss, loss, 1e-4);
    }

    [Fact]
    public void Write_WithMetadata_IsReadBack()
    {
        var model = ModelSpecification.Parse(TestData.SmallDense);
        var file = new MemoryStream();

        OnnxModel.Write(
            file, model, model.Initialise(1), new Dictionary<string, string> { ["task"] = "größe", ["empty"] = "" });

        using var session = new InferenceSession(file.ToArray());
        Assert.Equal("größe", session.ModelMetadata.CustomMetadataMap["task"]);
        Assert.Equal("", session.ModelMetadata.CustomMetadataMap["empty"]);
        Assert.Equal("dense", session.ModelMetadata.GraphName);
    }

    [Fact]
    public void Write_OtherParameters_IsRefused()
    {
        var model = ModelSpecification.Parse(TestData.SmallDense);

        var refused = Assert.Throws<ArgumentException>(
            () => OnnxModel.Write(Stream.Null, model, new float[3], new Dictionary<string, string>()));

        Assert.Contains("3 parameters; the model has 51", refused.Message, StringComparison.Ordinal);
    }

    private static byte[] Written(ModelSpecification model, float[] parameters)
    {
        using var file = new MemoryStream();
        OnnxModel.Write(file, model, parameters, new Dictionary<string, string>());
        return file.ToArray();
    }

    private static (float[] Logits, float[] Probabilities) Run(
        byte[] onnx, ModelSpecification model, float[] inputs, int batch)
    {
        using var session = new InferenceSession(onnx);
        using var options = new RunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(
            inputs, [batch, .. model.Input.Select(side => (long)side)]);
        using var outputs = session.Run(options, ["input"], [input], ["logits", "probabilities"]);
        return (outputs[0].GetTensorDataAsSpan<float>().ToArray(), outputs[1].GetTensorDataAsSpan<float>().ToArray());
    }
}
