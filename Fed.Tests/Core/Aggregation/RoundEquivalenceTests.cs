using Fed.Core.Aggregation;
using Fed.Core.Optimizers;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Aggregation;

/// <summary>Synchronous rounds, FedBuff and FedAsync are settings of one mechanism (design section 4).</summary>
public sealed class RoundEquivalenceTests
{
    private const int Dimension = 8192 + 33;
    private const int Clusters = 3;

    private static readonly Grid Grid = new(22, 8f);
    private static readonly float[] Model = Deltas.Uniform(77, Dimension, 1f);

    // Fifteen participants, with example counts that differ.
    private static readonly Update[] Updates = Enumerable.Range(0, 15)
        .Select(i => new Update(i % Clusters, 50 + 37 * i, Deltas.OnGrid(i, Dimension, Grid)))
        .ToArray();

    [Theory]
    [InlineData("polynomial:0.5", 1)]
    [InlineData("hinge:10,4", 2)]
    [InlineData("exponential:0.3", 3)]
    [InlineData("constant", 4)]
    public void Round_AsynchronousAndFresh_EqualsTheSynchronousOneBitForBit(string staleness, int seed)
    {
        // Synchronous: each cohort in the roster's order, the clusters in order, no staleness at all.
        var clusters = Updates.GroupBy(update => update.Cluster).OrderBy(group => group.Key)
            .Select(group => TestFold.Aggregate([.. group.Select(update => Weighed(update, new ConstantStaleness()))], Grid));
        var synchronous = TestFold.Step([.. clusters], Grid, Model, new PlainStep(1));
        Assert.Equal(TestFold.Sha256(synchronous), TestFold.Sha256(Asynchronous(StalenessFunctions.Parse(staleness), seed)));
    }

    [Fact]
    public void Round_Hierarchical_EqualsOneFlatMean()
    {
        // HierFAVG with k2 = 1 is flat FedAvg.
        var flat = TestFold.Step(
            [.. Updates.Select(update => Weighed(update, new ConstantStaleness()))], Grid, Model, new PlainStep(1));
        Assert.Equal(TestFold.Sha256(flat), TestFold.Sha256(Asynchronous(new PolynomialStaleness(0.5), seed: 9)));
    }

    [Fact]
    public void Round_GoalOne_IsOneServerStepOfThatUpdate()
    {
        // FedAsync (Xie 2019): x = (1-a) x + a x_new, with a s(t) as the learning rate; the weight cancels at K = 1.
        var update = Updates[4];
        foreach (var staleness in new[] { 0, 3 })
        {
            var part = Weighed(update, new PolynomialStaleness(0.5), staleness);
            var next = TestFold.Step([part], Grid, Model, new PlainStep(0.25));
            for (var j = 0; j < Dimension; j++)
            {
                var mixed = 0.75 * Model[j] + 0.25 * ((double)Model[j] + update.Delta[j]);
                Assert.Equal(mixed, next[j], 0.25 * Grid.Step + 1e-6);
            }
        }
    }

    /// <summary>
    /// Arrivals in a random order; each buffer closes at its goal; aggregates reach the top in closing order.
    /// </summary>
    private static float[] Asynchronous(IStalenessFunction staleness, int seed)
    {
        var arrivals = (Update[])Updates.Clone();
        new Random(seed).Shuffle(arrivals);
        var clusterGoal = Updates.Length / Clusters;
        var buffers = new Dictionary<int, List<Part>>();
        var top = new List<Part>();
        foreach (var update in arrivals)
        {
            var buffer = buffers.TryGetValue(update.Cluster, out var open) ? open : buffers[update.Cluster] = [];
            buffer.Add(Weighed(update, staleness));
            if (buffer.Count == clusterGoal)
                top.Add(TestFold.Aggregate(buffer, Grid));
        }

        Assert.Equal(Clusters, top.Count);
        return TestFold.Step(top, Grid, Model, new PlainStep(1));
    }

    private static Part Weighed(Update update, IStalenessFunction staleness, long age = 0) =>
        Part.Of(update.Delta, IntegerWeight.Of(update.Examples, 1024, staleness, age));

    private sealed record Update(int Cluster, long Examples, float[] Delta);
}
