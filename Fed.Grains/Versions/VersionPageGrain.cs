using System.Collections.Immutable;
using Fed.Contracts;
using Fed.Contracts.Versions;
using Fed.Grains.Persistence;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Fed.Grains.Versions;

/// <summary>A page of the version DAG.</summary>
[Reentrant]
public sealed class VersionPageGrain(
    [PersistentState("version-page", StateStore.Name)] IPersistentState<VersionPageState> state, TimeProvider time)
    : DurableGrain<VersionPageState>(state, time), IVersionPageGrain
{
    public Task Put(VersionRecord version) =>
        Durable.Latest.Versions.GetValueOrDefault(version.Number)?.ManifestSha256 == version.ManifestSha256
            ? Durable.SettleAsync()
            : SetAsync(version);

    public Task PutEvaluation(long number, VersionEvaluation evaluation)
    {
        if (Durable.Latest.Versions.GetValueOrDefault(number) is not { } version)
            return Task.CompletedTask;
        // A cluster counts from nothing again after its silo was lost: what is known does not shrink.
        if (version.Evaluation is { } known && known.Reports > evaluation.Reports)
            return Durable.SettleAsync();
        return SetAsync(version with { Evaluation = evaluation });
    }

    public Task<IReadOnlyList<VersionRecord>> GetAll() =>
        Task.FromResult<IReadOnlyList<VersionRecord>>(Durable.Committed.Versions.Values.ToArray());

    private Task SetAsync(VersionRecord version) =>
        Durable.ChangeAsync(state => state with { Versions = state.Versions.SetItem(version.Number, version) });
}

/// <summary>Persistent state of one page of the version DAG, by number.</summary>
[GenerateSerializer, Immutable, Alias("fed.state.version-page")]
public sealed record VersionPageState
{
    [Id(0)]
    public ImmutableSortedDictionary<long, VersionRecord> Versions { get; init; } =
        ImmutableSortedDictionary<long, VersionRecord>.Empty;
}

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
