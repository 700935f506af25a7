using Fed.Core.Aggregation;
using Fed.Core.Blocks;
using Fed.Core.IO;
using Fed.Core.Robust;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Robust;

/// <summary>Rules over files of sums, as the global tier has them.</summary>
public sealed class PartialAggregateTests
{
    private const int Length = 8192 + 21;

    private static readonly Grid Grid = UpdateFiles.Grid;

    [Theory]
    [InlineData("median")]
    [InlineData("trimmed-mean:2")]
    [InlineData("krum:1")]
    [InlineData("multi-krum:1")]
    [InlineData("bulyan:1")]
    [InlineData("geometric-median:8")]
    [InlineData("centred-clipping:20,3")]
    [InlineData("norm-bound:30")]
    [InlineData("norm-bound:1000")]
    [InlineData("foolsgold")]
    public void Sum_OfPartialAggregates_EqualsTheRuleOnTheirMeans(string text)
    {
        var rule = RobustRules.Parse(text)!;
        var weights = Enumerable.Range(0, 7).Select(i => 300L + 77 * i).ToArray();
        var means = weights.Select((_, i) => Deltas.OnGrid(i, Length, Grid)).ToArray();
        var aggregates = means.Zip(weights, (mean, weight) => Aggregate(mean, weight, weight)).ToArray();
        var updates = means.Zip(weights, (mean, weight) => Robustly.Input(mean, factor: weight)).ToArray();
        Robustly.AssertNear(
            Robustly.Mean(rule, Named(updates), Grid),
            Robustly.Mean(rule, Named(aggregates), Grid),
            Grid.Step * 0.6);
    }

    /// <summary>By position: ties are broken by name.</summary>
    private static RobustInput[] Named(RobustInput[] inputs) =>
        [.. inputs.Select((input, i) => input with { Hash = $"{i}" })];

    [Fact]
    public void Sum_Quotients_AreRoundedHalfToEven()
    {
        using var stream = new MemoryStream();
        var writer = new SumsWriter(stream, 6, 4, 1, UpdateFiles.Base, UpdateFiles.Layout);
        writer.Write([2, 6, -2, -6, 7, long.MaxValue]);
        writer.Complete();
        RobustInput[] inputs = [Input(stream.ToArray(), 4)];
        long[] quotients = [0, 2, 0, -2, 2, (long)(Grid.Bound * Grid.Scale)];
        Assert.Equal(quotients.Select(q => q * 4), Robustly.Sums(new CoordinateMedian(), inputs, Grid));
    }

    [Fact]
    public void Open_UpdatesBesideAggregates_IsRefused()
    {
        RobustInput[] inputs = [Robustly.Input(new float[Length]), Aggregate(new float[Length], 3, 3)];
        var message = Assert.Throws<ArgumentException>(
            () => RobustFold.Open(inputs, Grid, new CoordinateMedian())).Message;
        Assert.Contains("not one with the other", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Twin_GivesTheSameSums()
    {
        var inputs = Enumerable.Range(0, 5).Select(i => Aggregate(Deltas.OnGrid(i, Length, Grid), 9, 9)).ToArray();
        foreach (var text in new[] { "median", "geometric-median" })
        {
            var fold = RobustFold.Open(inputs, Grid, RobustRules.Parse(text)!);
            var sums = new long[2][];
            foreach (var (part, i) in new[] { fold, fold.Twin() }.Select((part, i) => (part, i)))
            {
                sums[i] = new long[part.LengthOf(1)];
                part.Sum(1, sums[i]);
            }

            Assert.Equal(sums[0], sums[1]);
        }
    }

    private static RobustInput Aggregate(float[] mean, long weight, long factor)
    {
        using var stream = new MemoryStream();
        var writer = new SumsWriter(stream, mean.Length, weight, 1, UpdateFiles.Base, UpdateFiles.Layout);
        foreach (var block in mean.Chunk(BlockFileHeader.StandardBlockLength))
            writer.Write([.. block.Select(value => (long)MathF.Round(value * Grid.Scale) * weight)]);
        writer.Complete();
        return Input(stream.ToArray(), factor);
    }

    private static RobustInput Input(byte[] file, long factor) =>
        new(new BlockFileReader(new MemoryReader(file)), Hashes.Of(file), factor, factor);
}
