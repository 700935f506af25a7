using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Fed.Silo.Federations;
using Orleans;

namespace Fed.Silo.Gateway;

/// <summary>The version DAG.</summary>
internal static class VersionEndpoints
{
    public const int MaxLimit = 1000;

    private const string GlobalTier = "global";

    public static void MapVersions(this RouteGroupBuilder group) =>
        group.MapGet("{federation}/versions", ListAsync)
            .Produces<IReadOnlyList<VersionRecord>>()
            .WithProblems(400, 404)
            .WithName("ListVersions")
            .WithSummary("The version DAG, newest first; tier is a cluster or 'global'");

    private static async Task<IReadOnlyList<VersionRecord>> ListAsync(
        string federation, string? tier, string? limit, FederationDirectory federations, IGrainFactory grains)
    {
        var profile = await federations.GetAsync(RouteNames.Require(federation, "federation"));
        if (tier is not null && tier != GlobalTier && !profile.HasCluster(tier))
        {
            throw new RefusedException(
                RefusalCode.UnknownCluster,
                $"the federation '{federation}' has no tier '{(tier.Length > 64 ? tier[..64] : tier)}'",
                $"use '{GlobalTier}' or a cluster of the federation");
        }

        var most = (int)RouteNames.Number(limit ?? "100", "limit", 1, MaxLimit);
        return await grains.GetGrain<IModelRegistryGrain>(federation).GetVersions(tier, most);
    }
}
