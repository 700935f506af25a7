using Fed.Contracts.Versions;
using Fed.Grains.Persistence;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Fed.Grains.Versions;

/// <summary>A page of the version DAG.</summary>
[Reentrant]
public sealed class VersionPageGrain(
    [PersistentState("version-page", StateStore.Name)] IPersistentState<VersionPageState> state)
    : DurableGrain<VersionPageState>(state), IVersionPageGrain
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
