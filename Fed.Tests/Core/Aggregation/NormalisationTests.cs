using Fed.Core.Aggregation;
using Fed.Core.Optimizers;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Aggregation;

/// <summary>By weight: FedAvg's example-weighted mean. By count: FedBuff's (1/K) sum of s(t_i) D_i.</summary>
public sealed class NormalisationTests
{
    private static readonly Grid Grid = new(24, 4f);
    private static readonly float[][] Deltas = [[1f, -1f], [2f, 0.5f], [-3f, 4f]];

    [Fact]
    public void Step_ByWeight_IsTheExampleWeightedMean()
    {
        long[] examples = [600, 300, 100];
        var parts = Deltas.Zip(examples, (delta, n) => Part.Of(
            delta, IntegerWeight.Of(n, 1024, new ConstantStaleness(), 0))).ToArray();
        var next = TestFold.Step(parts, Grid, [0f, 0f], new PlainStep(1));
        Assert.Equal(0.6f * 1 + 0.3f * 2 - 0.1f * 3, next[0], 1e-6f);
        Assert.Equal(-0.6f + 0.3f * 0.5f + 0.1f * 4, next[1], 1e-6f);
    }

    [Fact]
    public void Step_ByWeight_StaleContributionsCountLess()
    {
        // Same examples; s(3) = 1/2: weights 2 : 2 : 1.
        long[] staleness = [0, 0, 3];
        var parts = Deltas.Zip(staleness, (delta, t) => Part.Of(
            delta, IntegerWeight.Of(100, 1024, new PolynomialStaleness(0.5), t))).ToArray();
        var next = TestFold.Step(parts, Grid, [0f, 0f], new PlainStep(1));
        Assert.Equal([(2 * 1 + 2 * 2 - 3) / 5f, (2 * -1 + 2 * 0.5f + 4) / 5f], next);
    }

    [Fact]
    public void Step_ByCount_IsFedBuff()
    {
        // Nguyen 2022: (1/K) sum s(t_i) D_i with s = 1/sqrt(1+t); examples do not matter, the divisor is K.
        long[] staleness = [0, 3, 8];
        var parts = Deltas.Zip(staleness, (delta, t) => new Part(
            UpdateFiles.Build(delta), IntegerWeight.Of(1, 1, new PolynomialStaleness(0.5), t), IntegerWeight.One)).ToArray();
        var next = TestFold.Step(parts, Grid, [0f, 0f], new PlainStep(1));
        // s(8) = 1/3 is 85/256 as an integer weight.
        Assert.Equal((1 + 0.5f * 2 - 3 * 85 / 256f) / 3, next[0], 1e-6f);
        Assert.Equal((-1 + 0.5f * 0.5f + 4 * 85 / 256f) / 3, next[1], 1e-6f);
    }

    [Fact]
    public void Step_OneLocalStepOfEveryone_IsOneCentralisedGradientStep()
    {
        // McMahan 2017, section 2: E = 1, B = infinity, C = 1 is FedSGD: the same as a step on the pooled data.
        // Least squares: gradient of (1/n) sum (a.w - b)^2 / 2.
        var random = new Random(6);
        var clients = new[] { 5, 40, 13 }.Select(n => Enumerable.Range(0, n)
            .Select(_ => (A: new[] { random.NextDouble(), random.NextDouble() }, B: random.NextDouble())).ToArray()).ToArray();
        float[] model = [0.3f, -0.2f];
        const double Rate = 0.1;
        var parts = clients.Select(client => Part.Of(
            Gradient(client, model).Select(g => (float)(-Rate * g)).ToArray(),
            IntegerWeight.Of(client.Length, 1024, new ConstantStaleness(), 0))).ToArray();
        var federated = TestFold.Step(parts, Grid, model, new PlainStep(1));
        var pooled = Gradient([.. clients.SelectMany(client => client)], model);
        Assert.All(Enumerable.Range(0, 2), j => Assert.Equal(model[j] - Rate * pooled[j], federated[j], 1e-6));
    }

    private static double[] Gradient((double[] A, double B)[] rows, float[] w) =>
        [.. Enumerable.Range(0, 2).Select(j => rows.Average(row => (row.A[0] * w[0] + row.A[1] * w[1] - row.B) * row.A[j]))];
}
