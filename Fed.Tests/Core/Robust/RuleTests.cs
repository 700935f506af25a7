using Fed.Core.Aggregation;
using Fed.Core.Robust;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Robust;

/// <summary>Rules against their papers' formulas in double (Plain), and against published or recomputed
/// vectors.</summary>
public sealed class RuleTests
{
    // A step of 2^-24 holds float32 values around 1 without loss.
    private static readonly Grid Fine = new(24, 4f);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(21)]
    public void OrderRules_EqualSortedColumns(int updates)
    {
        var deltas = OnGrid(updates, 101);
        Robustly.AssertNear(Plain.Median(deltas), Robustly.Aggregate(new CoordinateMedian(), deltas), 1e-12);
        for (var k = 0; 2 * k < updates; k++)
        {
            var result = Robustly.Aggregate(TrimmedMean.OfCount(k), deltas);
            Robustly.AssertNear(Plain.Trimmed(deltas, k), result, 2e-8); // sums have 1/W of a step
        }
    }

    [Theory]
    [InlineData(7, 1)]
    [InlineData(11, 2)]
    [InlineData(12, 2)]
    [InlineData(5, 0)]
    public void SelectionRules_EqualTheirDefinitions(int updates, int f)
    {
        // Where one neighbour counts, the two of the nearest pair always tie: the smaller hash is taken.
        var deltas = OnGrid(updates, 77).OrderBy(delta => Robustly.Input(delta).Hash, StringComparer.Ordinal).ToArray();
        var best = deltas[Plain.Krum(deltas, f)].Select(value => (double)value).ToArray();
        Robustly.AssertNear(best, Robustly.Aggregate(new Krum(f), deltas), 0);
        Robustly.AssertNear(
            Plain.MultiKrum(deltas, f, updates - f), Robustly.Aggregate(new MultiKrum(f), deltas), 1e-8);
        Robustly.AssertNear(Plain.Bulyan(deltas, f), Robustly.Aggregate(new Bulyan(f), deltas), 1e-8);
    }

    [Fact]
    public void WeightingRules_EqualTheirDefinitions()
    {
        var deltas = OnGrid(9, 77);
        deltas[2] = [.. deltas[2].Select(value => value * 3.5f)];
        var root = OnGrid(10, 77)[9];
        Robustly.AssertNear(Plain.NormBound(deltas, 3), Robustly.Aggregate(new NormBound(3), deltas), 1e-7);
        Robustly.AssertNear(
            Plain.GeometricMedian(deltas, 6, 1e-6), Robustly.Aggregate(new GeometricMedian(6), deltas), 1e-7);
        Robustly.AssertNear(
            Plain.CentredClipping(deltas, 2, 5), Robustly.Aggregate(new CentredClipping(2, 5), deltas), 1e-7);
        Robustly.AssertNear(
            Plain.FlTrust(deltas, root), Robustly.Aggregate(new FlTrust(), deltas, reference: root), 1e-7);
    }

    [Fact]
    public void NormBound_NoneTooLong_GivesThePlainFoldsBits()
    {
        var inputs = OnGrid(5, 50).Select((delta, i) => Robustly.Input(delta, factor: 100 + i)).ToArray();
        var plain = new BlockFold([.. inputs.Select(input => new FoldInput(input.File, input.Factor))], Fine);
        var sums = new long[50];
        plain.Sum(0, sums);
        Assert.Equal(sums, Robustly.Sums(new NormBound(1000), inputs, Fine));
    }

    /// <summary>Source: oracles, robust rules (computed independently, float64).</summary>
    [Fact]
    public void TrimmedMean_Oracle() => Robustly.AssertNear(
        [1.5], Robustly.Aggregate(TrimmedMean.OfFraction(0.25), [[0.5f], [1], [2], [100]], new Grid(20, 128)), 0);

    [Fact]
    public void CentredClipping_Oracle() => Robustly.AssertNear(
        [3.25], Robustly.Aggregate(new CentredClipping(10), [[1], [1], [1], [100]], new Grid(20, 128)), 1e-7);

    /// <summary>Source: oracles (computed independently); the first of its five passes is the mean.</summary>
    [Theory]
    [InlineData(5, 0.52239762)]
    [InlineData(1000, 0.5)]
    public void GeometricMedian_Oracle(int passes, double expected)
    {
        float[][] points = [[0, 0], [1, 0], [0, 1], [10, 10]];
        var result = Robustly.Aggregate(new GeometricMedian(passes), points, new Grid(26, 16));
        Robustly.AssertNear([expected, expected], result, 2e-8);
    }

    /// <summary>Oracles, trap 6: 2 of 10 hostile with three times the noise, on weights of 1.</summary>
    [Theory]
    [InlineData(1e-2)]
    [InlineData(1e-4)]
    [InlineData(1e-5)]
    [InlineData(1e-6)]
    public void Krum_SmallNoiseOnLargeWeights_NeverPicksAnAttacker(double noise)
    {
        for (var seed = 0; seed < 5; seed++)
        {
            var deltas = Robustly.Noisy(seed, 10, hostile: 2, 5_000, centre: 1, noise);
            var result = Robustly.Aggregate(new Krum(2), deltas, Fine);
            var picked = Enumerable.Range(0, 10).Single(i => deltas[i].Zip(result, (a, b) => a == b).All(same => same));
            Assert.True(picked >= 2, $"seed {seed}: picked attacker {picked}");
            Assert.Equal(Plain.Krum(deltas, 2), picked);
        }
    }

    [Theory]
    [InlineData("median")]
    [InlineData("trimmed-mean")]
    [InlineData("krum")]
    [InlineData("multi-krum")]
    [InlineData("bulyan")]
    public void Minority_AtTheBound_StaysInTheHonestRange(string name)
    {
        var honest = OnGrid(9, 60);
        var hostile = Enumerable.Range(0, 2).Select(_ => Enumerable.Repeat(3.99f, 60).ToArray());
        IRobustRule rule = name switch
        {
            "median" => new CoordinateMedian(),
            "trimmed-mean" => TrimmedMean.OfCount(2),
            "krum" => new Krum(2),
            "multi-krum" => new MultiKrum(2),
            _ => new Bulyan(2),
        };
        var result = Robustly.Aggregate(rule, [.. hostile, .. honest]);
        for (var j = 0; j < result.Length; j++)
            Assert.InRange(result[j], honest.Min(x => x[j]) - 1e-6, honest.Max(x => x[j]) + 1e-6);
    }

    [Fact]
    public void Minority_FarAway_MovesWeightingRulesByNoMoreThanTheirBound()
    {
        var honest = OnGrid(9, 60);
        float[][] all = [.. honest, [.. Enumerable.Repeat(3.99f, 60)], [.. Enumerable.Repeat(3.99f, 60)]];
        var clipped = Robustly.Aggregate(new NormBound(2), all);
        Assert.True(Math.Sqrt(clipped.Sum(value => value * value)) <= 2 + 1e-6);
        var centred = Robustly.Aggregate(new CentredClipping(2), all);
        Assert.True(Math.Sqrt(centred.Sum(value => value * value)) <= 2 + 1e-6);
        var median = Robustly.Aggregate(new GeometricMedian(), all);
        Assert.True(median.Average() < 0.5, "the mean of the honest is near 0, that of all 0.7");
        var trusted = Robustly.Aggregate(new FlTrust(), all, reference: honest[0]);
        Assert.True(Math.Sqrt(trusted.Sum(value => value * value)) <= Plain.Norm(honest[0]) + 1e-6);
    }

    [Fact]
    public void FoolsGold_Sybils_LoseTheirWeight()
    {
        var honest = OnGrid(6, 200);
        var sybil = Enumerable.Repeat(0.7f, 200).ToArray();
        var with = Robustly.Aggregate(new FoolsGold(), [.. honest, sybil, [.. sybil.Select(x => x * 0.5f)], sybil]);
        Assert.True(Math.Abs(with.Average()) < 0.1, $"mean {with.Average()}");
        Assert.True(with.Sum(value => value * value) > 0.1);
    }

    [Fact]
    public void FlTrust_WithoutReference_IsRefused() => Assert.Contains(
        "reference is missing",
        Assert.Throws<ArgumentException>(() => Robustly.Aggregate(new FlTrust(), OnGrid(3, 5))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void FlTrust_TinyUpdate_DoesNotCrowdOutTheOthers()
    {
        var root = OnGrid(1, 50)[0];
        var tiny = root.Select(value => MathF.CopySign(1f / (1 << 20), value)).ToArray();
        var result = Robustly.Aggregate(new FlTrust(), [root, tiny], reference: root);
        Robustly.AssertNear([.. root.Select(value => (double)value)], result, 1e-7);
    }

    /// <summary>In -1..1, multiples of the coarse grid's step, so that only the rules' own arithmetic
    /// differs.</summary>
    private static float[][] OnGrid(int updates, int length) => [.. Enumerable.Range(0, updates)
        .Select(seed => Deltas.Uniform(seed + 50, length, 1f).Select(x => MathF.Round(x * 65536) / 65536).ToArray())];
}
