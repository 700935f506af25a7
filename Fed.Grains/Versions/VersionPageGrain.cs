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
    : Grain, IVersionPageGrain
{
    private readonly GroupCommit _commit = new(() => state.WriteStateAsync());

    public Task Put(VersionRecord version)
    {
        var known = state.State.Versions.GetValueOrDefault(version.Number);
        if (known?.ManifestSha256 == version.ManifestSha256)
            return _commit.SettleAsync();
        state.State.Versions = state.State.Versions.SetItem(version.Number, version);
        return _commit.CommitAsync();
    }

    public Task PutEvaluation(long number, VersionEvaluation evaluation)
    {
        if (state.State.Versions.GetValueOrDefault(number) is not { } version)
            return Task.CompletedTask;
        state.State.Versions = state.State.Versions.SetItem(number, version with { Evaluation = evaluation });
        return _commit.CommitAsync();
    }

    public Task<IReadOnlyList<VersionRecord>> GetAll() =>
        Task.FromResult<IReadOnlyList<VersionRecord>>(state.State.Versions.Values.ToArray());
}
