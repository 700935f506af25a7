using Fed.Bench.Simulation;
using Fed.Training;

namespace Fed.Tests.Bench.Simulation;

/// <summary>Definitions and numbers: Blades' table of attacks, as the papers named in the sources give them.</summary>
public sealed class AttackTests
{
    private static readonly float[][] Honest = [[1, -2, 0], [3, -2, 4], [2, -2, 2]];

    private static readonly HonestUpdates Seen = HonestUpdates.Of(Honest, hostile: 2);

    [Fact]
    public void HonestUpdates_OfThree_HaveMeanAndPopulationDeviation()
    {
        Assert.Equal([2, -2, 2], Seen.Mean);
        Assert.Equal([MathF.Sqrt(2 / 3f), 0, MathF.Sqrt(8 / 3f)], Seen.Deviation, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal((5, 2), (Seen.Participants, Seen.Hostile));
    }

    /// <summary>Blades (ALIE), z = Phi^-1((n - m - s) / (n - m)).</summary>
    [Theory]
    [InlineData(50, 24, 1.42608)]
    [InlineData(25, 11, 1.06757)]
    [InlineData(20, 8, 0.67449)]
    public void LittleIsEnough_Reach_IsTheOracles(int participants, int hostile, double z) =>
        Assert.Equal(z, LittleIsEnough.Reach(participants, hostile), 5);

    [Fact]
    public void LittleIsEnough_Forge_IsMeanMinusZDeviations()
    {
        var z = LittleIsEnough.Reach(5, 2);

        var forged = new LittleIsEnough().Forge([9, 9, 9], Seen);

        Assert.Equal(
            [2 - z * Math.Sqrt(2 / 3.0), -2, 2 - z * Math.Sqrt(8 / 3.0)],
            forged.Select(value => (double)value),
            (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(100)]
    public void InnerProductManipulation_Forge_IsMinusEpsilonTimesTheMean(double epsilon) => Assert.Equal(
        [(float)(-2 * epsilon), (float)(2 * epsilon), (float)(-2 * epsilon)],
        new InnerProductManipulation(epsilon).Forge([9, 9, 9], Seen));

    [Fact]
    public void SignFlip_Forge_IsTheOppositeOfItsOwn() =>
        Assert.Equal([-1, 2, -3], new SignFlip().Forge([1, -2, 3], Seen));

    [Fact]
    public void LabelFlip_Poison_TurnsLabelsRound()
    {
        var poisoned = new LabelFlip().Poison(Samples(0, 1, 2, 1));

        Assert.Equal([2, 1, 0, 1], poisoned.Labels);
    }

    [Fact]
    public void ScaledBackdoor_Forge_MakesTheMeanItsOwnModel()
    {
        float[] own = [5, -5, 1];
        var forged = new ScaledBackdoor().Forge(own, Seen);

        // Honest updates of nothing: near convergence they cancel.
        var mean = forged.Select(value => value * Seen.Hostile / Seen.Participants);
        Assert.Equal(own, mean, (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void ScaledBackdoor_Poison_KeepsTheOwnSamplesAndAddsTriggeredOnes()
    {
        var clean = Samples(0, 1, 2);
        var poisoned = new ScaledBackdoor(target: 1).Poison(clean);

        Assert.Equal([0, 1, 2, 1, 1, 1], poisoned.Labels);
        Assert.Equal(clean.Inputs, poisoned.Inputs[..clean.Inputs.Length]);
        Assert.Equal(4, poisoned.Inputs[clean.Inputs.Length]);
    }

    [Fact]
    public void ScaledBackdoor_Triggered_LeavesOutTheTargetsOwnClass() =>
        Assert.Equal([1, 1], new ScaledBackdoor(target: 1).Triggered(Samples(0, 1, 2)).Labels);

    private static SampleSet Samples(params int[] labels) =>
        new([1, 3, 3], classes: 3, new float[labels.Length * 9], labels);
}
