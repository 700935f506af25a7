using Fed.Core.Models;
using Fed.Training;
using Fed.Training.Managed;

namespace Fed.Tests.Training;

/// <summary>SCAFFOLD's arithmetic (Karimireddy 2020) on quadratics whose optimum is known.</summary>
public sealed class ControlVariatesTests
{
    // F_i = a_i (x - e_i)^2 / 2.
    private static readonly double[] Curvatures = [1, 4];
    private static readonly double[] Optima = [0, 1];
    private static readonly int[] Steps = [5, 12];

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    public void Change_TwoQuadratics_LeadsToTheOptimumOfTheSumWhereFedAvgDoesNot(double momentum)
    {
        // sum a_i (x - e_i) = 0.
        var optimum = Curvatures.Zip(Optima).Sum(pair => pair.First * pair.Second) / Curvatures.Sum();

        Assert.True(Math.Abs(Run(momentum, corrected: false) - optimum) > 0.05);
        Assert.Equal(optimum, Run(momentum, corrected: true), 1e-4);
    }

    [Fact]
    public void Change_AfterALostVariate_ZeroBiasesForGoodAndTheGradientAtXDoesNot()
    {
        var optimum = Curvatures.Zip(Optima).Sum(pair => pair.First * pair.Second) / Curvatures.Sum();

        Assert.True(Math.Abs(Run(0, corrected: true, loseAt: 200) - optimum) > 0.05);
        Assert.Equal(optimum, Run(0, corrected: true, loseAt: 200, estimate: true), 1e-4);
    }

    [Fact]
    public void Extend_Layout_AddsOneTensorAsLongAsTheModel()
    {
        var model = ModelSpecification.Parse(TestData.SmallDense).Layout;

        var extended = ControlVariates.Extend(model);

        Assert.Equal(2 * model.ParameterCount, extended.ParameterCount);
        Assert.Equal("control", extended.Tensors[^1].Name);
        Assert.Equal(model.ParameterCount, extended.Tensors[^1].Offset);
        Assert.NotEqual(model.Hash, extended.Hash);
    }

    [Fact]
    public void Extend_TooLarge_IsRefusedWithTheLimit()
    {
        var large = new ModelLayout([("w", [ControlVariates.MaxParameters, 2])]);

        Assert.Contains(
            "exceed 67108864", Assert.Throws<SpecificationException>(() => ControlVariates.Extend(large)).Message);
    }

    [Fact]
    public void Extend_Largest_HasTwoToThe27Values()
    {
        var largest = new ModelLayout([("w", [ControlVariates.MaxParameters])]);

        Assert.Equal(1L << 27, ControlVariates.Extend(largest).ParameterCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ReadModel_WithAndWithoutAControlVariate_IsTheModel(bool extended)
    {
        var layout = ModelSpecification.Parse(TestData.SmallDense).Layout;
        var vector = TestData.Uniform(2 * (int)layout.ParameterCount, 5);
        var model = vector[..(int)layout.ParameterCount];
        using var file = new MemoryStream();
        if (extended)
            Safetensors.Write(file, ControlVariates.Extend(layout), vector);
        else
            Safetensors.Write(file, layout, model);
        file.Position = 0;

        Assert.Equal(model, ControlVariates.ReadModel(file, layout));
    }

    [Fact]
    public void ReadModel_OfAnotherLayout_IsRefused()
    {
        var layout = ModelSpecification.Parse(TestData.SmallDense).Layout;
        using var file = new MemoryStream();
        Safetensors.Write(file, new ModelLayout([("w", [3])]), [1, 2, 3]);
        file.Position = 0;

        Assert.Throws<InvalidDataException>(() => ControlVariates.ReadModel(file, layout));
    }

    /// <param name="loseAt">The round before which participant 1 loses its c_i; -1: never.</param>
    /// <param name="estimate">It then takes its gradient at x for c_i (option I); else 0.</param>
    private static double Run(double momentum, bool corrected, int loseAt = -1, bool estimate = false)
    {
        var (model, server) = (0.9f, 0f);
        float[] own = [0, 0];
        for (var round = 0; round < 1_000; round++)
        {
            var (step, change) = (0f, 0f);
            for (var i = 0; i < own.Length; i++)
            {
                if (round == loseAt && i == 1)
                    own[i] = estimate ? (float)(Curvatures[i] * (model - Optima[i])) : 0;
                var settings = new TrainingSettings
                {
                    LearningRate = 0.02,
                    Momentum = momentum,
                    Correction = corrected ? ControlVariates.Correction([server], [own[i]]) : default,
                };
                var optimizer = new LocalOptimizer(settings, 1);
                float[] parameters = [model];
                for (var k = 0; k < Steps[i]; k++)
                    optimizer.Step(parameters, [model], [(float)(Curvatures[i] * (parameters[0] - Optima[i]))]);
                var moved = new float[1];
                ControlVariates.Change(
                    [model], parameters, [server], 0.02 * GradientWeight.Sum(settings, Steps[i]), moved);
                own[i] += moved[0];
                step += (parameters[0] - model) / 2;
                change += moved[0] / 2;
            }

            (model, server) = (model + step, server + change);
        }

        return model;
    }
}
