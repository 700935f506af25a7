using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Core.Models;
using Fed.Grains.Federations;

namespace Fed.Simulation.Workload;

/// <summary>A small federation, drawn from a seed.</summary>
internal sealed record Scenario(FederationSettings Settings)
{
    public static ModelLayout Layout { get; } = new([("0.weight", [6, 5]), ("0.bias", [5])]);

    /// <summary>
    /// Whether every version holds exactly one contribution of everybody, so that its bits do not depend on what went
    /// wrong meanwhile.
    /// </summary>
    public bool IsReproducible => Settings.Mode == FederationMode.Sync && Settings.ClusterTier.DeadlineSeconds == 0
        && Settings.GlobalTier.DeadlineSeconds == 0;

    public static Scenario Draw(Random random)
    {
        T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];
        string[] clusters = random.Next(2) == 0 ? ["h264", "av1"] : ["h264", "av1", "vp9"];
        var roster = Enumerable.Range(0, 4 + random.Next(3))
            .Select(i => new RosterEntry($"p{i}", clusters[i % clusters.Length])).ToArray();
        var synchronous = random.Next(2) == 0;
        var hurries = random.Next(3) == 0;
        var settings = new FederationSettings
        {
            Name = "simulated",
            Task = "media-qc",
            Model = "{}",
            Clusters = clusters,
            Roster = roster,
            Mode = synchronous ? FederationMode.Sync : FederationMode.Async,
            Arithmetic = new ArithmeticSettings
            {
                Staleness = Pick("polynomial:0.5", "constant"),
                Normalisation = Pick([.. Normalisations.All]),
            },
            ClusterTier = new TierSettings
            {
                Goal = synchronous ? 0 : random.Next(3),
                DeadlineSeconds = hurries ? 3 : 0,
                MaxStaleness = Pick(50, 4),
            },
            GlobalTier = new TierSettings
            {
                Goal = synchronous ? 0 : random.Next(3),
                DeadlineSeconds = hurries ? 3 : 0,
            },
            Optimizer = new OptimizerSettings
            {
                Kind = Pick("none", "none", "momentum", "adagrad", "adam", "yogi"),
                LearningRate = 0.5,
            },
            Specialisation = Pick(0, 0, 0.25),
            EvaluateEvery = random.Next(2),
            TargetVersions = Pick(1, 2, 2, 3),
            HoldSeconds = !synchronous && random.Next(2) == 0 ? 4 : 0,
        };
        return new Scenario(WithRule(
            settings, Pick("mean", "mean", "mean", "median", "trimmed-mean:0.25", "geometric-median", "norm-bound:1")));
    }

    /// <summary>The mean, where the cohorts are too small for the rule.</summary>
    private static FederationSettings WithRule(FederationSettings settings, string rule)
    {
        var wanted = settings with { ClusterTier = settings.ClusterTier with { Rule = rule } };
        try
        {
            SettingsValidator.Validate(wanted);
            return wanted;
        }
        catch (RefusedException) when (rule != "mean")
        {
            return WithRule(settings, "mean");
        }
    }
}
