using Fed.Contracts.Versions;
using Fed.Grains.Persistence;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Fed.Grains.Versions;

/// <summary>The version DAG of one federation.</summary>
[Reentrant]
public sealed class ModelRegistryGrain : Grain, IModelRegistryGrain
{
    private readonly IPersistentState<RegistryState> _state;
    private readonly GroupCommit _commit;
    private readonly Dictionary<(string Tier, long Number), int> _positions = [];

    public ModelRegistryGrain([PersistentState("registry", StateStore.Name)] IPersistentState<RegistryState> state)
    {
        _state = state;
        _commit = new GroupCommit(() => state.WriteStateAsync());
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < _state.State.Versions.Count; i++)
            _positions[(_state.State.Versions[i].Tier, _state.State.Versions[i].Number)] = i;
        return Task.CompletedTask;
    }

    public Task Record(VersionRecord version)
    {
        if (_positions.TryAdd((version.Tier, version.Number), _state.State.Versions.Count))
            _state.State.Versions = _state.State.Versions.Add(version);
        return _commit.CommitAsync();
    }

    public Task RecordEvaluation(string tier, long number, VersionEvaluation evaluation)
    {
        if (!_positions.TryGetValue((tier, number), out var position))
            return Task.CompletedTask;
        var versions = _state.State.Versions;
        _state.State.Versions = versions.SetItem(position, versions[position] with { Evaluation = evaluation });
        return _commit.CommitAsync();
    }

    public Task<IReadOnlyList<VersionRecord>> GetVersions(string? tier, int limit)
    {
        var newest = new List<VersionRecord>();
        for (var i = _state.State.Versions.Count - 1; i >= 0 && newest.Count < limit; i--)
        {
            if (tier is null || _state.State.Versions[i].Tier == tier)
                newest.Add(_state.State.Versions[i]);
        }

        return Task.FromResult<IReadOnlyList<VersionRecord>>(newest);
    }
}
