using Fed.Contracts;
using Fed.Contracts.Versions;
using Orleans;

namespace Fed.Grains.Versions;

/// <summary>The pages of one federation's version DAG.</summary>
internal static class VersionPages
{
    public static IVersionPageGrain Of(IGrainFactory grains, string federation, string tier, long number) =>
        At(grains, federation, tier, number / IVersionPageGrain.Versions);

    /// <summary>The newest nodes of a tier, newest first.</summary>
    /// <param name="newest">Later ones are in the making, and left out.</param>
    public static async Task<List<VersionRecord>> ReadAsync(
        IGrainFactory grains, string federation, string tier, long newest, int limit)
    {
        var versions = new List<VersionRecord>();
        for (var page = newest / IVersionPageGrain.Versions; page >= 0 && versions.Count < limit; page--)
        {
            var nodes = await At(grains, federation, tier, page).GetAll();
            versions.AddRange(nodes.Where(node => node.Number <= newest).Reverse().Take(limit - versions.Count));
        }

        return versions;
    }

    private static IVersionPageGrain At(IGrainFactory grains, string federation, string tier, long page) =>
        grains.GetGrain<IVersionPageGrain>(GrainKeys.Within(federation, $"{tier}/{page}"));
}
