using Fed.Cli.Chaos;
using Fed.Core.FailPoints;

namespace Fed.Tests.Client.Chaos;

public sealed class KillPlanTests
{
    private const int Agents = 4;

    [Fact]
    public void Next_OfOneRole_TakesEveryFailPointBeforeAnyAgain()
    {
        var plan = new KillPlan(seed: 3, ChaosRole.Silo, Agents);

        var first = FailPointNames.Silo.Select(_ => plan.Next(withPoint: true)).ToArray();
        var second = FailPointNames.Silo.Select(_ => plan.Next(withPoint: true)).ToArray();

        Assert.All(first, strike => Assert.True(strike.OfSilo));
        Assert.Equal(FailPointNames.Silo.Order(), first.Select(strike => strike.Point!).Order());
        Assert.Equal(first.Select(strike => strike.Point), second.Select(strike => strike.Point));
    }

    [Fact]
    public void Next_OfBothRoles_TakesThemInTurnAndEachItsOwnPoints()
    {
        var plan = new KillPlan(seed: 3, ChaosRole.Both, Agents);

        for (var i = 0; i < 2 * FailPointNames.Agent.Count; i++)
        {
            var strike = plan.Next(withPoint: true);
            Assert.Equal(i % 2 == 0, strike.OfSilo);
            Assert.Contains(strike.Point!, strike.OfSilo ? FailPointNames.Silo : FailPointNames.Agent);
            Assert.InRange(strike.Agent, 0, Agents - 1);
        }
    }

    [Fact]
    public void Next_WithoutAPoint_ArmsNothing() =>
        Assert.Null(new KillPlan(seed: 1, ChaosRole.Client, Agents).Next(withPoint: false).Setting);

    [Fact]
    public void Next_OfTheSameSeed_IsTheSame()
    {
        static Strike[] Plan(int seed)
        {
            var plan = new KillPlan(seed, ChaosRole.Both, Agents);
            return [.. Enumerable.Range(0, 50).Select(_ => plan.Next(withPoint: true))];
        }

        Assert.Equal(Plan(7), Plan(7));
        Assert.NotEqual(Plan(7), Plan(8));
    }
}
