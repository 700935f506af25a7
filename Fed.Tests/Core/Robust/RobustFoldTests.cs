using Fed.Core.Aggregation;
using Fed.Core.Robust;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Robust;

public sealed class RobustFoldTests
{
    // Two blocks, the second not a multiple of a vector.
    private const int Length = 8192 + 13;

    private static readonly Grid Grid = UpdateFiles.Grid;

    public static readonly TheoryData<string> Rules = [.. All().Keys];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Sum_ShuffledUpdatesAndThreads_SameBits(string name)
    {
        var rule = All()[name];
        var inputs = Updates(11).Select((delta, i) => Robustly.Input(delta, factor: 256 + i)).ToArray();
        var reference = Deltas.Uniform(99, Length, 1f);
        var expected = Robustly.Sums(rule, inputs, Grid, 1, reference);
        Assert.Contains(expected, sum => sum != 0);
        foreach (var seed in Enumerable.Range(0, 4))
        {
            var shuffled = inputs.ToArray();
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(expected, Robustly.Sums(rule, shuffled, Grid, 1 + seed % 3, reference));
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Sum_EqualUpdates_IsThatUpdateOrNothing(string name)
    {
        var delta = Deltas.Uniform(3, 20, 0.01f).Select(value => MathF.Round(value * 1024) / 1024).ToArray();
        var result = Robustly.Aggregate(All()[name], [.. Enumerable.Repeat(delta, 11)], reference: delta);
        var expected = name == "foolsgold" ? new double[20] : [.. delta.Select(value => (double)value)];
        Robustly.AssertNear(expected, result, 2e-8);
    }

    [Theory]
    [InlineData("int8")]
    [InlineData("topk:0.3")]
    [InlineData("ternary:0.1")]
    [InlineData("float16")]
    public void Sum_AnyCodec_EqualsTheRuleOnDecodedValues(string codec)
    {
        var deltas = Updates(7);
        var decoded = deltas.Select(delta => UpdateFiles.Decode(UpdateFiles.Build(delta, codec))).ToArray();
        foreach (var rule in new IRobustRule[] { new CoordinateMedian(), new NormBound(20) })
        {
            Robustly.AssertNear(
                Robustly.Aggregate(rule, decoded), Robustly.Aggregate(rule, deltas, codec: codec), 1e-12);
        }
    }

    [Fact]
    public void Constructor_MixedLayouts_IsRefused()
    {
        RobustInput[] inputs = [Robustly.Input(new float[4]), Robustly.Input(new float[5])];
        var message = Assert.Throws<ArgumentException>(
            () => RobustFold.Open(inputs, Grid, new CoordinateMedian())).Message;
        Assert.Contains("mixed layouts", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_ZeroWeight_IsRefused()
    {
        var message = Assert.Throws<ArgumentException>(
            () => RobustFold.Open([Robustly.Input(new float[4], factor: 0)], Grid, new CoordinateMedian())).Message;
        Assert.Contains("total weight is 0", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("trimmed-mean", 6, "2k < n", 7)]
    [InlineData("krum", 8, "2f + 2 < n", 9)]
    [InlineData("multi-krum", 8, "2f + 2 < n", 9)]
    [InlineData("bulyan", 10, "n >= 4f + 3", 11)]
    [InlineData("foolsgold", 1, "n >= 2", 2)]
    [InlineData("median", 0, "n >= 1", 1)]
    public void RequireEnough_TooFew_NamesBoundAndRemedy(string name, int updates, string bound, int least)
    {
        IRobustRule rule = name switch
        {
            "trimmed-mean" => TrimmedMean.OfCount(3),
            "krum" => new Krum(3),
            "multi-krum" => new MultiKrum(3),
            "bulyan" => new Bulyan(2),
            "foolsgold" => new FoolsGold(),
            _ => new CoordinateMedian(),
        };
        var message = Assert.Throws<ArgumentException>(() => rule.RequireEnough(updates)).Message;
        Assert.StartsWith(name, message, StringComparison.Ordinal);
        Assert.Contains($"updates n is {updates}", message, StringComparison.Ordinal);
        Assert.Contains(bound, message, StringComparison.Ordinal);
        Assert.Contains("raise the tier's goal and quorum", message, StringComparison.Ordinal);
        rule.RequireEnough(least);
    }

    [Fact]
    public void Parameters_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new Krum(-1));
        Assert.Throws<ArgumentException>(() => new NormBound(0));
        Assert.Throws<ArgumentException>(() => new NormBound(double.NaN));
        Assert.Throws<ArgumentException>(() => new CentredClipping(double.PositiveInfinity));
        Assert.Throws<ArgumentException>(() => new GeometricMedian(0));
        Assert.Throws<ArgumentException>(() => TrimmedMean.OfFraction(0.5));
    }

    private static float[][] Updates(int count) =>
        [.. Enumerable.Range(0, count).Select(seed => Deltas.Uniform(seed, Length, 1f))];

    private static Dictionary<string, IRobustRule> All() => new IRobustRule[]
    {
        new CoordinateMedian(), TrimmedMean.OfFraction(0.2), new Krum(2), new MultiKrum(2), new Bulyan(2),
        new NormBound(30), new GeometricMedian(), new CentredClipping(20, 3), new FoolsGold(), new FlTrust(),
    }.ToDictionary(rule => rule.Name);
}
