using Fed.Contracts.Federations;
using Fed.Core.Aggregation;
using Fed.Core.Robust;

namespace Fed.Grains.Federations;

/// <summary>Whether the tiers' buffers can ever hold what their robust rules need.</summary>
internal static class RuleChecks
{
    public static void Check(FederationSettings settings, List<string> errors)
    {
        var cluster = Parse("clusterTier", settings.ClusterTier, errors);
        var global = Parse("globalTier", settings.GlobalTier, errors);
        CheckTrust(settings, cluster, errors);
        if (TierRules.NeedsReference(global))
        {
            errors.Add($"globalTier.rule is '{settings.GlobalTier.Rule}', which needs an update of the server's own; "
                + "there are only clusters' aggregates at the global tier: use it as clusterTier.rule");
        }
        else if (global is not null)
        {
            CheckCount("globalTier", TierRules.GlobalBuffer(settings), global, others: 0, errors);
        }

        if (cluster is null)
            return;
        var others = TierRules.NeedsReference(cluster) ? 1 : 0;
        // The smallest cluster's error is every other's, too.
        var smallest = settings.Clusters.MinBy(key => Fewest(TierRules.ClusterBuffer(settings, Cohort.Of(settings, key))));
        if (smallest is not null)
        {
            CheckCount(
                $"clusterTier of cluster '{smallest}'",
                TierRules.ClusterBuffer(settings, Cohort.Of(settings, smallest)),
                cluster,
                others,
                errors);
        }
    }

    private static IRobustRule? Parse(string name, TierSettings tier, List<string> errors)
    {
        try
        {
            return TierRules.RuleOf(tier);
        }
        catch (ArgumentException error)
        {
            errors.Add($"{name}.rule: {error.Message}");
            return null;
        }
    }

    private static void CheckTrust(FederationSettings settings, IRobustRule? rule, List<string> errors)
    {
        if (!TierRules.NeedsReference(rule))
        {
            errors.AddRange(settings.Roster.Where(entry => entry.Trusted).Select(entry =>
                $"participant '{entry.Name}' is trusted, but clusterTier.rule is '{settings.ClusterTier.Rule}'; only "
                + "fltrust compares updates with a trusted one: clear trusted, or change the rule"));
            return;
        }

        if (settings.ClusterTier.Goal != 0)
        {
            errors.Add($"clusterTier.goal is {settings.ClusterTier.Goal}; with rule '{settings.ClusterTier.Rule}' it "
                + "must be 0 (the whole cohort), so that the trusted update is among them");
        }

        foreach (var cluster in settings.Clusters)
        {
            var trusted = settings.Roster.Count(entry => entry.Cluster == cluster && entry.Trusted);
            if (trusted != 1)
            {
                errors.Add($"cluster '{cluster}' has {trusted} trusted participants; rule "
                    + $"'{settings.ClusterTier.Rule}' needs exactly 1: mark one roster entry of it as trusted");
            }
        }
    }

    /// <summary>With so many contributions a buffer may close.</summary>
    private static int Fewest(BufferRule buffer) => buffer.HasDeadline ? buffer.Quorum : buffer.Goal;

    /// <param name="others">Contributions that count towards the goal but are no input of the rule.</param>
    private static void CheckCount(string name, BufferRule buffer, IRobustRule rule, int others, List<string> errors)
    {
        try
        {
            rule.RequireEnough(Fewest(buffer) - others);
        }
        catch (ArgumentException error)
        {
            errors.Add($"{name}: {error.Message}");
        }
    }
}
