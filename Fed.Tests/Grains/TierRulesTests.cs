using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Grains.Federations;

namespace Fed.Tests.Grains;

/// <summary>Factors and divisors under each normalisation; staleness is polynomial:0.5, so s(3) = 1/2.</summary>
public sealed class TierRulesTests
{
    [Theory]
    [InlineData(Normalisations.Weight, 32 * 128, 32 * 128)]
    [InlineData(Normalisations.Count, 128, 256)]
    [InlineData(Normalisations.Cohort, 32 * 128, 32 * 256)]
    public void Weigh_StaleContribution_FollowsTheNormalisation(string normalisation, long factor, long divisor) =>
        Assert.Equal((factor, divisor), TierRules.Weigh(Arithmetic(normalisation), examples: 32, staleness: 3));

    [Theory]
    [InlineData(Normalisations.Weight, 128 * 1000)]
    [InlineData(Normalisations.Count, 256 * 1000)]
    [InlineData(Normalisations.Cohort, 256 * 1000)]
    public void WeighAggregate_StaleAggregate_FollowsTheNormalisation(string normalisation, long divisor) =>
        Assert.Equal((128L, divisor), TierRules.WeighAggregate(Arithmetic(normalisation), weight: 1000, staleness: 3));

    [Theory]
    [InlineData(Normalisations.Weight, 4, 200)]
    [InlineData(Normalisations.Count, 4, 200)]
    [InlineData(Normalisations.Cohort, 4, 400)]
    [InlineData(Normalisations.Cohort, 2, 200)]
    [InlineData(Normalisations.Cohort, 1, 100)]
    public void Close_TwoInputs_DividesByTheWholeCohortOnlyWhenAsked(string normalisation, int goal, long total)
    {
        FoldInputReference[] buffer = [new("a", 50, 50, 1), new("b", 150, 150, 1)];

        var inputs = TierRules.Close(Arithmetic(normalisation), buffer, goal);

        Assert.Equal(total, inputs.Sum(input => input.Weight));
        Assert.Equal([50, 150], inputs.Select(input => input.Factor));
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(7, 6)]
    [InlineData(3, 4)]
    public void Close_EqualWeightsByCohort_IsTheWholeCohortsWeightWhoeverIsMissing(int goal, int present)
    {
        FoldInputReference[] buffer =
            [.. Enumerable.Range(0, present).Select(i => new FoldInputReference($"{i}", 256, 256, 1))];

        var inputs = TierRules.Close(Arithmetic(Normalisations.Cohort), buffer, goal);

        Assert.Equal(goal * 256, inputs.Sum(input => input.Weight));
    }

    private static ArithmeticSettings Arithmetic(string normalisation) =>
        new() { Normalisation = normalisation, Staleness = "polynomial:0.5" };
}
