using Fed.Contracts.Federations;

namespace Fed.Grains.Federations;

/// <summary>What the roster says of one cluster.</summary>
/// <param name="Cluster">Its key.</param>
/// <param name="Size">Its participants.</param>
/// <param name="Trusted">The participant whose update its rule trusts; null where it trusts nobody.</param>
public sealed record Cohort(string Cluster, int Size, string? Trusted)
{
    /// <summary>Looks at the whole roster.</summary>
    public static Cohort Of(FederationSettings settings, string cluster) => new(
        cluster,
        settings.Roster.Count(entry => entry.Cluster == cluster),
        settings.Roster.FirstOrDefault(entry => entry.Cluster == cluster && entry.Trusted)?.Name);
}
