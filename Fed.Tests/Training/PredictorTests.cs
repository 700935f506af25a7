using Fed.Training;

namespace Fed.Tests.Training;

public sealed class PredictorTests
{
    private static readonly ModelSpecification s_model = ModelSpecification.Parse(
        """
        { "name": "two", "input": [2], "layers": [{ "type": "dense", "units": 2 }], "loss": "softmaxCrossEntropy" }
        """);

    [Fact]
    public void Predict_DenseLayer_GivesTheSoftmaxOfItsProducts()
    {
        // Weights row by row, then biases.
        var predictor = new Predictor(s_model, [1, 2, -1, 0.5f, 0.25f, -0.25f]);
        var probabilities = new float[4];

        predictor.Predict([3, -1, 0, 0], probabilities);

        // Logits 3 - 2 + 0.25 and -3 - 0.5 - 0.25; 0.25 and -0.25.
        Assert.Equal(1 / (1 + Math.Exp(-3.75 - 1.25)), probabilities[0], 1e-6);
        Assert.Equal(1 / (1 + Math.Exp(-0.5)), probabilities[2], 1e-6);
        Assert.Equal(1, probabilities[2] + probabilities[3], 1e-6);
    }

    [Fact]
    public void Predict_MoreSamplesThanAChunk_GivesEachItsOwn()
    {
        var predictor = new Predictor(s_model, [1, 0, 0, 1, 0, 0]);
        var inputs = Enumerable.Range(0, 200).Select(i => i % 2 == 0 ? i * 0.01f : 0).ToArray();
        var probabilities = new float[200];

        predictor.Predict(inputs, probabilities);

        for (var i = 0; i < 100; i++)
            Assert.Equal(1 / (1 + Math.Exp(-0.02 * i)), probabilities[2 * i], 1e-5);
    }

    [Fact]
    public void Predict_LengthsThatDoNotFit_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new Predictor(s_model, [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => new Predictor(s_model, new float[6]).Predict([1, 2, 3], new float[2]));
    }
}
