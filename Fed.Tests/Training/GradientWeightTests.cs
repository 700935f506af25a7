using Fed.Training;
using Fed.Training.Managed;

namespace Fed.Tests.Training;

/// <summary>FedNova's coefficient sum (Wang 2020) against closed forms, the optimiser and the optimum.</summary>
public sealed class GradientWeightTests
{
    private const double Rate = 0.05;

    [Theory]
    [InlineData(0.0, 0.0, 1)]
    [InlineData(0.0, 0.0, 17)]
    [InlineData(0.9, 0.0, 40)]
    [InlineData(0.0, 2.0, 12)]
    [InlineData(0.9, 0.1, 60)]
    [InlineData(0.5, 20.0, 9)]
    public void Sum_ConstantGradient_IsWhatTheOptimizerMoves(double momentum, double mu, int steps)
    {
        var settings = Sgd(momentum, mu);
        float[] anchor = [0.3f, -2f];
        float[] gradient = [0.75f, -0.5f];
        var parameters = (float[])anchor.Clone();
        var optimizer = new LocalOptimizer(settings, anchor.Length);
        for (var step = 0; step < steps; step++)
            optimizer.Step(parameters, anchor, (float[])gradient.Clone());

        var sum = GradientWeight.Sum(settings, steps);

        for (var i = 0; i < anchor.Length; i++)
            Assert.Equal(-Rate * sum * gradient[i], parameters[i] - anchor[i], 1e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(200)]
    public void Sum_CasesOfThePaper_AreItsClosedForms(int tau)
    {
        const double rho = 0.9;
        const double mu = 0.4;
        Assert.Equal(tau, GradientWeight.Sum(Sgd(0, 0), tau), 1e-9);
        Assert.Equal(
            (tau - rho * (1 - Math.Pow(rho, tau)) / (1 - rho)) / (1 - rho), GradientWeight.Sum(Sgd(rho, 0), tau), 1e-8);
        Assert.Equal(
            (1 - Math.Pow(1 - Rate * mu, tau)) / (Rate * mu), GradientWeight.Sum(Sgd(0, mu), tau), 1e-9);
    }

    /// <summary>
    /// F_i = (x - e_i)^2 / 2, e = 0 and 1, with 2 and 10 local steps of rate eta: FedAvg's fixed point solves
    /// sum of (1 - (1 - eta)^tau_i)(e_i - x) = 0 (section 3's example), the optimum of the sum is 1/2. FedNova's is the
    /// same with each term over tau_i: 1/2 up to the order of eta.
    /// </summary>
    [Fact]
    public void Sum_TwoParticipantsOfUnlikeSteps_FedAvgIsBiasedAndFedNovaIsNot()
    {
        const double rate = 1e-3;
        double[] optima = [0, 1];
        int[] steps = [2, 10];
        double[] pulls = [.. steps.Select(tau => 1 - Math.Pow(1 - rate, tau))];

        var average = FixedPoint(nova: false);
        var normalised = FixedPoint(nova: true);

        Assert.Equal(pulls[1] / (pulls[0] + pulls[1]), average, 1e-4);
        Assert.InRange(average, 0.82, 0.84);
        Assert.Equal(0.5, normalised, 0.002);

        double FixedPoint(bool nova)
        {
            var model = 0.2f;
            for (var round = 0; round < 4_000; round++)
            {
                var mean = 0f;
                for (var i = 0; i < optima.Length; i++)
                    mean += Local(model, optima[i], steps[i], nova) / optima.Length;
                model += mean;
            }

            return model;
        }

        static float Local(float start, double optimum, int steps, bool nova)
        {
            var settings = Sgd(0, 0) with { LearningRate = rate };
            var optimizer = new LocalOptimizer(settings, 1);
            float[] parameters = [start];
            for (var step = 0; step < steps; step++)
                optimizer.Step(parameters, [start], [(float)(parameters[0] - optimum)]);
            var delta = parameters[0] - start;
            return nova ? (float)(delta * 6 / GradientWeight.Sum(settings, steps)) : delta;
        }
    }

    [Fact]
    public void Sum_WhatHasNone_IsRefused()
    {
        Assert.Contains("only sgd", Refusal(new TrainingSettings { Optimizer = OptimizerKind.Adam }, 3));
        // eta mu = 2: the second step takes back the first.
        Assert.Contains("must be at most 1", Refusal(Sgd(0, 40), 2));

        static string Refusal(TrainingSettings settings, long steps) =>
            Assert.Throws<ArgumentException>(() => GradientWeight.Sum(settings, steps)).Message;
    }

    private static TrainingSettings Sgd(double momentum, double mu) =>
        new() { LearningRate = Rate, Momentum = momentum, ProximalMu = mu };
}
