namespace Fed.Contracts.Federations;

/// <summary>What settings say that nothing forbids, and that seldom is what was meant.</summary>
public static class SettingsWarnings
{
    /// <summary>Each names property, value and remedy.</summary>
    public static IReadOnlyList<string> Of(FederationSettings settings)
    {
        var tier = settings.ClusterTier;
        if (tier.DeadlineSeconds > 0)
            return [];
        // A cohort of one: its buffer is empty until that one comes, and a deadline begins with the first contribution.
        var waiting = settings.Roster.CountBy(entry => entry.Cluster, StringComparer.Ordinal)
            .Where(cohort => cohort.Value > 1 && (tier.Goal == 0 || tier.Goal >= cohort.Value))
            .Select(cohort => cohort.Key)
            .ToArray();
        if (waiting.Length == 0)
            return [];
        var others = waiting.Length == 1 ? "" : $" (and {waiting.Length - 1} more)";
        var goal = tier.Goal == 0 ? "0, the whole cohort," : $"{tier.Goal}, the whole cohort or more,";
        return
        [
            $"clusterTier.goal is {goal} without a deadline: cluster '{waiting[0]}'{others} waits for ever for a "
            + "participant that does not come; set clusterTier.deadlineSeconds",
        ];
    }
}
