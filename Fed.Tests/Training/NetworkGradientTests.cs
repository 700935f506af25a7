using Fed.Training;
using Fed.Training.Managed;

namespace Fed.Tests.Training;

public sealed class NetworkGradientTests
{
    [Theory]
    [InlineData(TestData.SmallConvolution, 3)]
    [InlineData(TestData.SmallDense, 5)]
    public void Gradient_OfAWholeNetwork_AgreesWithFiniteDifferencesOfTheReference(string json, int batch)
    {
        var model = ModelSpecification.Parse(json);
        var data = TestData.Noise(model, batch, 21);
        var parameters = TestData.Uniform((int)model.Layout.ParameterCount, 22);
        var inputs = TestData.Wide(data.Inputs).Chunk(data.SampleLength).ToArray();
        var trainer = new ManagedTrainer(model);

        var loss = trainer.Gradient(parameters, data, [.. Enumerable.Range(0, batch)]);

        double Reference(double[] moved) => ReferenceModel.Loss(model, moved, inputs, data.Labels);
        Assert.Equal(Reference(TestData.Wide(parameters)), loss / batch, 1e-5);
        var expected = FiniteDifferences.Gradient(Reference, TestData.Wide(parameters));
        Assert.InRange(TestData.Distance(trainer.LastGradient, expected), 0, 1e-5);
    }

    [Fact]
    public void Gradient_BatchLargerThanAChunk_IsTheMeanOverItsSamples()
    {
        var model = ModelSpecification.Parse(TestData.SmallConvolution);
        var data = TestData.Noise(model, 75, 23);
        var parameters = TestData.Uniform((int)model.Layout.ParameterCount, 24);
        var trainer = new ManagedTrainer(model);
        var mean = new double[parameters.Length];
        var sum = 0.0;
        for (var sample = 0; sample < data.Count; sample++)
        {
            sum += trainer.Gradient(parameters, data, [sample]);
            for (var i = 0; i < mean.Length; i++)
                mean[i] += (double)trainer.LastGradient[i] / data.Count;
        }

        var loss = trainer.Gradient(parameters, data, [.. Enumerable.Range(0, data.Count)]);

        Assert.Equal(sum, loss, 1e-4);
        Assert.InRange(TestData.Distance(trainer.LastGradient, mean), 0, 1e-5);
    }

    [Fact]
    public void Gradient_BatchesGrowAndShrink_LeaveNoTraceInTheWorkSpace()
    {
        var model = ModelSpecification.Parse(TestData.SmallConvolution);
        var data = TestData.Noise(model, 80, 25);
        var parameters = TestData.Uniform((int)model.Layout.ParameterCount, 26);
        var reused = new ManagedTrainer(model);
        foreach (var count in new[] { 1, 7, 3, 40, 2, 80, 33, 32, 31, 1 })
        {
            var batch = Enumerable.Range(0, count).Select(i => (i * 7 + count) % data.Count).ToArray();
            var fresh = new ManagedTrainer(model);
            var expected = fresh.Gradient(parameters, data, batch);

            Assert.Equal(expected, reused.Gradient(parameters, data, batch));
            Assert.Equal(fresh.LastGradient, reused.LastGradient);
            Assert.Equal(fresh.Evaluate(parameters, data).Loss, reused.Evaluate(parameters, data).Loss);
        }
    }
}
