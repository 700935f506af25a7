using Fed.Training;
using Fed.Training.Managed;
using Fed.Training.Managed.Layers;

namespace Fed.Tests.Training;

public sealed class DropoutTests
{
    private const string Model = """
        {"name":"dropout","input":[6],"loss":"softmaxCrossEntropy","layers":[
          {"type":"dropout","rate":0.25},{"type":"dense","units":8},{"type":"dropout","rate":0.5},
          {"type":"dense","units":3}]}
        """;

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.2)]
    [InlineData(0.75)]
    public void Forward_InTraining_DropsTheRateAndKeepsTheMean(double rate)
    {
        const int Length = 100_000;
        var layer = new DropoutLayer(Length, rate);
        layer.Reseed(31, 0);
        var input = Enumerable.Repeat(1f, Length).ToArray();
        var output = new float[Length];

        layer.Forward([], input, output, 1, training: true);

        Assert.Equal(rate, output.Count(value => value == 0) / (double)Length, 0.01);
        Assert.Equal(1, output.Average(), 0.02);
        Assert.All(output, value => Assert.True(value == 0 || value == (float)(1 / (1 - rate))));
    }

    [Fact]
    public void Forward_InEvaluation_IsTheIdentity()
    {
        var layer = new DropoutLayer(50, 0.9);
        var input = TestData.Uniform(50, 32);
        var output = new float[50];

        layer.Forward([], input, output, 1, training: false);

        Assert.Equal(input, output);
    }

    [Fact]
    public void Backward_AfterForward_LetsTheGradientThroughWhereTheValuesWent()
    {
        var layer = new DropoutLayer(40, 0.5);
        layer.Reseed(33, 0);
        var output = new float[120];
        var gradient = new float[120];
        layer.Forward([], [.. Enumerable.Repeat(1f, 120)], output, 3, training: true);

        layer.Backward([], [], output, [.. Enumerable.Repeat(1f, 120)], gradient, [], 3);

        Assert.Equal(output, gradient);
    }

    [Fact]
    public void Gradient_SameMask_AgreesWithFiniteDifferences()
    {
        var model = ModelSpecification.Parse(Model);
        var data = TestData.Noise(model, 4, 34);
        var parameters = TestData.Uniform((int)model.Layout.ParameterCount, 35);
        var network = new Network(model);
        var gradient = new float[parameters.Length];

        Loss(parameters, gradient);

        // The loss is smooth: float32 at step 1/128 leaves about 1e-4.
        const float Step = 1f / 128;
        var expected = new double[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            var kept = parameters[i];
            parameters[i] = kept + Step;
            var above = Loss(parameters, new float[parameters.Length]);
            parameters[i] = kept - Step;
            expected[i] = (above - Loss(parameters, new float[parameters.Length])) / (2 * Step);
            parameters[i] = kept;
        }

        Assert.InRange(TestData.Distance(gradient, expected), 0, 1e-3);

        double Loss(float[] at, float[] target)
        {
            network.Reseed(36);
            var logits = network.Forward(at, data.Inputs, data.Count, training: true);
            var sum = SoftmaxLoss.Compute(
                logits, data.Labels, model.Classes, network.LogitGradient(data.Count), data.Count);
            network.Backward(at, data.Inputs, target, data.Count);
            return sum / data.Count;
        }
    }

    [Fact]
    public void Train_SameSeed_DropsTheSameAndAnotherSeedOthers()
    {
        var model = ModelSpecification.Parse(Model);
        var data = TestData.Noise(model, 20, 37);
        float[] Trained(int seed)
        {
            var parameters = model.Initialise(1);
            // One batch of everything: the seed can only act through dropout.
            var settings = new TrainingSettings { BatchSize = 20, Seed = seed };
            new ManagedTrainer(model).Train(parameters, data, settings, CancellationToken.None);
            return parameters;
        }

        Assert.Equal(Trained(1), Trained(1));
        Assert.NotEqual(Trained(1), Trained(2));
    }
}
