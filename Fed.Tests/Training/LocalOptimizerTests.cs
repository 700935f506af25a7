using Fed.Training;
using Fed.Training.Managed;

namespace Fed.Tests.Training;

/// <summary>The optimisers against references in double precision, on a given sequence of gradients.</summary>
public sealed class LocalOptimizerTests
{
    private const int Length = 19;
    private const int Steps = 25;

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(0.9, 0.0)]
    [InlineData(0.9, 0.01)]
    [InlineData(0.5, 0.1)]
    public void Sgd_ManySteps_FollowsTheReference(double momentum, double decay)
    {
        var settings = new TrainingSettings { LearningRate = 0.1, Momentum = momentum, WeightDecay = decay };
        var velocity = new double[Length];

        Follow(settings, (x, g, i, _) =>
        {
            velocity[i] = momentum * velocity[i] + g + decay * x;
            return x - 0.1 * velocity[i];
        });
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.05)]
    public void Adam_ManySteps_FollowsKingmasAlgorithm1(double decay)
    {
        var settings = new TrainingSettings
        {
            Optimizer = OptimizerKind.Adam,
            LearningRate = 0.01,
            WeightDecay = decay,
        };
        var (first, second) = (new double[Length], new double[Length]);

        Follow(settings, (x, g, i, step) =>
        {
            g += decay * x;
            first[i] = 0.9 * first[i] + 0.1 * g;
            second[i] = 0.999 * second[i] + 0.001 * g * g;
            return x - 0.01 * (first[i] / (1 - Math.Pow(0.9, step)))
                / (Math.Sqrt(second[i] / (1 - Math.Pow(0.999, step))) + 1e-8);
        });
    }

    [Fact]
    public void ProximalTerm_ManySteps_PullsTowardsTheParametersOnEntry()
    {
        var anchor = TestData.Uniform(Length, 41);

        Follow(
            new TrainingSettings { LearningRate = 0.1, Momentum = 0, ProximalMu = 0.7 },
            (x, g, i, _) => x - 0.1 * (g + 0.7 * (x - anchor[i])));
    }

    [Fact]
    public void Correction_ManySteps_IsAddedToEveryGradient()
    {
        var correction = TestData.Uniform(Length, 43);

        Follow(
            new TrainingSettings { LearningRate = 0.1, Momentum = 0, Correction = correction },
            (x, g, i, _) => x - 0.1 * (g + correction[i]));
    }

    private static void Follow(TrainingSettings settings, Func<double, double, int, int, double> reference)
    {
        var parameters = TestData.Uniform(Length, 41);
        var anchor = (float[])parameters.Clone();
        var expected = TestData.Wide(parameters);
        var optimizer = new LocalOptimizer(settings, Length);
        for (var step = 1; step <= Steps; step++)
        {
            var gradient = TestData.Uniform(Length, 41 + (ulong)step);
            for (var i = 0; i < Length; i++)
                expected[i] = reference(expected[i], gradient[i], i, step);
            optimizer.Step(parameters, anchor, gradient);
        }

        for (var i = 0; i < Length; i++)
            Assert.Equal(expected[i], parameters[i], 1e-5);
    }
}
