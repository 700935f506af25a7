using Fed.Core.Aggregation;
using Fed.Core.Optimizers;
using Fed.Training;
using Fed.Training.Managed;

namespace Fed.Tests.Training;

/// <summary>
/// FedAvg's oracle (McMahan 2017): with E = 1 and B infinite, a round is one centralised gradient step.
/// </summary>
public sealed class FederatedStepTests
{
    private static readonly TrainingSettings FullBatch = new()
    {
        Epochs = 1,
        BatchSize = int.MaxValue,
        LearningRate = 0.1,
        Momentum = 0,
    };

    [Fact]
    public void OneClient_OneEpochFullBatch_IsOneGradientStep()
    {
        var model = ModelSpecification.Parse(TestData.SmallConvolution);
        var data = TestData.Noise(model, 50, 51);
        var parameters = model.Initialise(52);
        var trainer = new ManagedTrainer(model);
        trainer.Gradient(parameters, data, [.. Enumerable.Range(0, data.Count)]);
        var expected = parameters.Select((value, i) => value - 0.1 * trainer.LastGradient[i]).ToArray();

        var result = trainer.Train(parameters, data, FullBatch, CancellationToken.None);

        Assert.Equal(1, result.Steps);
        Near(expected, parameters);
    }

    [Theory]
    [InlineData(TestData.SmallConvolution, 30, 70)]
    [InlineData(TestData.SmallDense, 1, 99)]
    public void TwoClients_WeightedMeanOfTheirDeltas_IsThePooledStep(string json, int first, int second)
    {
        var model = ModelSpecification.Parse(json);
        var start = model.Initialise(53);
        SampleSet[] clients = [TestData.Noise(model, first, 54), TestData.Noise(model, second, 55)];
        var pooled = Trained(model, start, SampleSet.Concat(clients));
        var grid = new Grid(FractionalBits: 24, Bound: 32);
        var sums = new long[start.Length];
        var total = 0L;
        foreach (var client in clients)
        {
            var trained = Trained(model, start, client);
            var delta = trained.Select((value, i) => value - start[i]).ToArray();
            var weight = IntegerWeight.Of(client.Count, 1_000, new ConstantStaleness(), 0);
            grid.Accumulate(delta, weight, sums);
            total += weight;
        }

        var averaged = (float[])start.Clone();
        new ModelStep(grid, total, new PlainStep(1), start.Length).Apply(sums, averaged, [], []);

        Near(TestData.Wide(pooled), averaged);
    }

    private static float[] Trained(ModelSpecification model, float[] start, SampleSet data)
    {
        var parameters = (float[])start.Clone();
        new ManagedTrainer(model).Train(parameters, data, FullBatch, CancellationToken.None);
        return parameters;
    }

    private static void Near(double[] expected, float[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-6);
    }
}
