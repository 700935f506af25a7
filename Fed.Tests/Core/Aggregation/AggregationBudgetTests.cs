using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using Fed.Core.Aggregation;
using Fed.Tests.Core.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Fed.Tests.Core.Aggregation;

public sealed partial class AggregationBudgetTests
{
    private static readonly Gen<AggregationBudget> Budgets =
        from bits in Gen.Choose(0, Grid.MaxFractionalBits)
        from boundExponent in Gen.Choose(-20, 30)
        from mantissa in Gen.Choose(1000, 1999)
        from weightBits in Gen.Choose(0, 30)
        from cluster in Gen.Choose(1, 5000)
        from upper in Gen.Choose(1, 1000)
        let bound = MathF.ScaleB(mantissa / 1000f, Math.Min(boundExponent, 29 - bits))
        select new AggregationBudget(new Grid(bits, bound), 1L << weightBits, cluster, upper);

    [Fact]
    public void Validate_Accepted_WorstCaseFitsIn64Bits() => Cases.Hold(1, 2000, Budgets, budget =>
    {
        if (!IsAccepted(budget))
            return;
        // Every contribution of every cluster at the bound, at the largest weight, all fresh.
        var weight = new BigInteger(budget.MaxWeight) * budget.ClusterGoal * 256 * budget.GlobalGoal;
        var sum = weight * Exact.OnGrid(budget.Grid.Bound, budget.Grid.FractionalBits);
        Assert.InRange(sum, 0, long.MaxValue);
        Assert.InRange(weight, 1, long.MaxValue);
    });

    [Fact]
    public void Validate_Refused_AdvisedFractionalBitsFit() => Cases.Hold(2, 2000, Budgets, budget =>
    {
        if (IsAccepted(budget))
            return;
        var advice = Advice().Match(Assert.Throws<ArgumentException>(budget.Validate).Message);
        if (advice.Success)
            WithBits(budget, int.Parse(advice.Groups[1].ValueSpan, CultureInfo.InvariantCulture)).Validate();
        else
            Assert.False(IsAccepted(WithBits(budget, 0)));
    });

    [Fact]
    public void Validate_JustBelowTheLimit_AcceptsAndJustAboveRefuses()
    {
        // 2^30 x 2^8 x 2^8 x goal x goal: 2^63 is reached at 2^17 contributions in all.
        var most = new AggregationBudget(new Grid(30, 1f), 256, (1 << 17) - 1, 1);
        most.Validate();
        Assert.Throws<ArgumentException>((most with { ClusterGoal = 1 << 17 }).Validate);
        Assert.Throws<ArgumentException>((most with { GlobalGoal = 2 }).Validate);
        Assert.Throws<ArgumentException>((most with { MaxWeight = 257 }).Validate);
    }

    [Fact]
    public void Validate_Overflow_NamesEverySettingThatCouldBeLowered()
    {
        var budget = new AggregationBudget(new Grid(27, 8f), 1024 * 256, 5000, 1000);
        var message = Assert.Throws<ArgumentException>(budget.Validate).Message;
        foreach (var part in new[]
            { "fractionalBits (27)", "bound (8)", "exampleCap (1024)", "goal (5000 and 1000)", budget.LargestSum.ToString() })
        {
            Assert.Contains(part, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Validate_BadGrid_IsRefusedFirst() => Assert.Contains(
        "fractionalBits is 31",
        Assert.Throws<ArgumentException>(new AggregationBudget(new Grid(31, 1f), 256, 1, 1).Validate).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(0, 1, 1, "weight")]
    [InlineData(1L << 31, 1, 1, "weight")]
    [InlineData(256, 0, 1, "cluster")]
    [InlineData(256, -3, -3, "cluster")]
    [InlineData(256, 1, 0, "global")]
    public void Validate_NothingToFold_IsRefused(long weight, int cluster, int upper, string named) => Assert.Contains(
        named,
        Assert.Throws<ArgumentException>(new AggregationBudget(new Grid(1, 1f), weight, cluster, upper).Validate).Message,
        StringComparison.OrdinalIgnoreCase);

    private static AggregationBudget WithBits(AggregationBudget budget, int bits) =>
        budget with { Grid = budget.Grid with { FractionalBits = bits } };

    private static bool IsAccepted(AggregationBudget budget)
    {
        try
        {
            budget.Validate();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"fractionalBits \(\d+\) to (\d+)")]
    private static partial Regex Advice();
}
