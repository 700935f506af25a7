using Fed.Core.Aggregation;
using Fed.Tests.Core.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Fed.Tests.Core.Properties;

public sealed class AggregationPropertyTests
{
    private static readonly string[] Codecs =
        ["float32", "float16", "bfloat16", "int8", "int4", "topk:0.1", "sign", "ternary:0.1"];

    private static readonly Gen<(int Length, string[] Codecs, int Seed)> Folds =
        from length in Gen.OneOf(Gen.Choose(1, 200), Gen.Elements(8192, 8193))
        from codecs in Gen.Elements(Codecs).NonEmptyListOf()
        from seed in Gen.Choose(1, 1_000_000)
        select (length, codecs.Take(12).ToArray(), seed);

    private static readonly Gen<string> Functions =
        from a in Gen.Choose(1, 400)
        from b in Gen.Choose(0, 30)
        from text in Gen.Elements(
            "constant",
            FormattableString.Invariant($"polynomial:{a / 100.0}"),
            FormattableString.Invariant($"hinge:{a / 10.0},{b}"),
            FormattableString.Invariant($"exponential:{a / 100.0}"))
        select text;

    [Fact]
    public void Fold_AnyOrderOfAnyCodecs_GivesTheSameSums() => Cases.Hold(41, 150, Folds, @case =>
    {
        var grid = new Grid(20, 4f);
        var parts = @case.Codecs
            .Select((codec, i) => Part.Of(Deltas.Uniform(@case.Seed + i, @case.Length, 0.5f), 256 + 31 * i, codec))
            .ToArray();
        var sums = TestFold.Sum(parts, grid);
        new Random(@case.Seed).Shuffle(parts);
        Assert.Equal(sums, TestFold.Sum(parts, grid));
    });

    [Fact]
    public void Staleness_AnyFunction_StartsAtOneAndNeverRises()
    {
        var cases = from text in Functions
                    from staleness in Gen.Choose(0, 10_000)
                    from later in Gen.Choose(0, 10_000)
                    select (text, staleness, later);
        Cases.Hold(42, 500, cases, @case =>
        {
            var function = StalenessFunctions.Parse(@case.text);
            Assert.Equal(1, function.Weight(0));
            var (sooner, later) = (function.Weight(@case.staleness), function.Weight(@case.staleness + @case.later));
            Assert.InRange(later, 0, sooner);
        });
    }

    [Fact]
    public void IntegerWeight_AnyFunction_NeverRisesWithStalenessNorFallsWithExamples()
    {
        var cases = from text in Functions
                    from examples in Gen.Choose(1, 100_000)
                    from staleness in Gen.Choose(0, 200)
                    select (text, examples, staleness);
        Cases.Hold(43, 500, cases, @case =>
        {
            var function = StalenessFunctions.Parse(@case.text);
            long Weight(int examples, int staleness) => IntegerWeight.Of(examples, 50_000, function, staleness);
            var weight = Weight(@case.examples, @case.staleness);
            Assert.InRange(Weight(@case.examples, @case.staleness + 1), 0, weight);
            Assert.True(Weight(@case.examples + 1, @case.staleness) >= weight);
            Assert.Equal(Math.Min(@case.examples, 50_000) * IntegerWeight.One, Weight(@case.examples, 0));
        });
    }
}
