using Fed.Training;
using Fed.Training.Managed;

namespace Fed.Tests.Training;

/// <summary>A participant's round of SCAFFOLD through the real trainer.</summary>
public sealed class ControlledTrainingTests
{
    private static readonly ModelSpecification Model = ModelSpecification.Parse(TestData.SmallDense);
    private static readonly int Parameters = (int)Model.Layout.ParameterCount;
    private static readonly TrainingSettings Steady = new()
    {
        BatchSize = 5,
        Epochs = 3,
        LearningRate = 0.1,
        WeightDecay = 0.05,
    };

    [Fact]
    public void Train_PlainSteps_ChangesTheControlByOptionII()
    {
        var settings = Steady with { Momentum = 0 };
        var data = TestData.Noise(Model, 12, 71);
        var start = Model.Initialise(72);
        var (server, own) = (TestData.Uniform(Parameters, 73), TestData.Uniform(Parameters, 74));
        float[] vector = [.. start, .. server];

        var result = ControlledTraining.Train(
            new ManagedTrainer(Model), vector, own, data, settings, CancellationToken.None);

        // 3 batches of 12 samples, three times: K = 9.
        Assert.Equal(9, result.Steps);
        for (var i = 0; i < Parameters; i++)
        {
            var gained = ((double)start[i] - vector[i]) / (9 * 0.1);
            // c_i+ - c_i = -c + (x - y) / (K eta), and the vector holds c plus that.
            Assert.Equal(gained, vector[Parameters + i], 1e-6);
        }
    }

    [Fact]
    public void Train_OneFullStep_FollowsTheGradientCorrectedByTheDifference()
    {
        var settings = Steady with { BatchSize = 12, Epochs = 1 };
        var data = TestData.Noise(Model, 12, 75);
        var start = Model.Initialise(76);
        var (server, own) = (TestData.Uniform(Parameters, 77), TestData.Uniform(Parameters, 78));
        float[] vector = [.. start, .. server];
        var gradient = Gradient(start, data, 0.05);

        ControlledTraining.Train(new ManagedTrainer(Model), vector, own, data, settings, CancellationToken.None);

        for (var i = 0; i < Parameters; i++)
        {
            Assert.Equal(start[i] - 0.1 * (gradient[i] - own[i] + server[i]), vector[i], 1e-6);
            // c_i+ is then the gradient itself: c + c_i+ - c_i.
            Assert.Equal(server[i] + gradient[i] - own[i], vector[Parameters + i], 1e-5);
        }
    }

    [Fact]
    public void Gradient_AtX_IsThatOfTheMeanLossWithWeightDecay()
    {
        var data = TestData.Noise(Model, 12, 79);
        var start = Model.Initialise(80);
        var expected = Gradient(start, data, 0.05);

        var actual = ControlledTraining.Gradient(
            new ManagedTrainer(Model), start, data, Steady, CancellationToken.None);

        for (var i = 0; i < Parameters; i++)
            Assert.Equal(expected[i], actual[i], 1e-6);
        Assert.Equal(Model.Initialise(80), start);
    }

    [Fact]
    public void Train_WithLengthsThatDisagree_IsRefused()
    {
        var error = Assert.Throws<ArgumentException>(() => ControlledTraining.Train(
            new ManagedTrainer(Model),
            new float[Parameters],
            new float[Parameters],
            TestData.Noise(Model, 4, 81),
            Steady,
            CancellationToken.None));

        Assert.Contains("twice as long", error.Message);
    }

    [Fact]
    public void Train_Diverging_LeavesTheVector()
    {
        var start = Model.Initialise(82);
        float[] vector = [.. start, .. new float[Parameters]];

        Assert.Throws<TrainingDivergedException>(() => ControlledTraining.Train(
            new ManagedTrainer(Model),
            vector,
            new float[Parameters],
            TestData.Noise(Model, 12, 83),
            Steady with { LearningRate = 1e300 },
            CancellationToken.None));

        Assert.Equal([.. start, .. new float[Parameters]], vector);
    }

    /// <summary>By central differences of the reference in double precision.</summary>
    private static double[] Gradient(float[] parameters, SampleSet data, double decay)
    {
        const double step = 1e-5;
        var inputs = Enumerable.Range(0, data.Count).Select(i => TestData.Wide(data.Input(i))).ToArray();
        var at = TestData.Wide(parameters);
        return [.. at.Select((value, i) =>
        {
            at[i] = value + step;
            var above = ReferenceModel.Loss(Model, at, inputs, data.Labels);
            at[i] = value - step;
            var below = ReferenceModel.Loss(Model, at, inputs, data.Labels);
            at[i] = value;
            return (above - below) / (2 * step) + decay * value;
        }).ToArray()];
    }
}
