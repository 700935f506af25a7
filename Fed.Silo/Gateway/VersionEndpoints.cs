using Fed.Contracts;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Fed.Silo.Federations;
using Orleans;

namespace Fed.Silo.Gateway;

/// <summary>The version DAG.</summary>
internal static class VersionEndpoints
{
    public const int MaxLimit = 1000;

    public static void MapVersions(this RouteGroupBuilder group) =>
        group.MapGet("{federation}/versions", ListAsync)
            .Produces<IReadOnlyList<VersionRecord>>()
            .WithProblems(400, 404)
            .WithName("ListVersions")
            .WithSummary("The version DAG, newest first; tier is a cluster, global, stable or retention");

    private static async Task<IReadOnlyList<VersionRecord>> ListAsync(
        string federation, string? tier, string? limit, FederationDirectory federations, IGrainFactory grains)
    {
        var profile = await federations.GetAsync(RouteNames.Require(federation, "federation"));
        if (tier is not null && !TierNames.Reserved.Contains(tier) && !profile.HasCluster(tier))
        {
            throw new RefusedException(
                RefusalCode.UnknownCluster,
                $"the federation '{federation}' has no tier '{(tier.Length > 64 ? tier[..64] : tier)}'",
                $"use a cluster of the federation, or one of {string.Join(", ", TierNames.Reserved)}");
        }

        var most = (int)RouteNames.Number(limit ?? "100", "limit", 1, MaxLimit);
        return await grains.GetGrain<IModelRegistryGrain>(federation).GetVersions(tier, most);
    }
}
