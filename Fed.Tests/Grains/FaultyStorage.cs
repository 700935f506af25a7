using System.Collections.Concurrent;
using Fed.Silo.Storage;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Fed.Tests.Grains;

/// <summary>
/// State in memory that outlives activations, and refuses when it is told to: before a write takes effect, or after it
/// did, so that its writer cannot know.
/// </summary>
internal sealed class FaultyStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string, GrainId), (BinaryData Json, string ETag)> _records = new();
    private readonly StateJson _json = new();
    private long _version;

    /// <summary>Asked before each write, with the name of the state: whether it fails before it takes effect.</summary>
    public Func<string, bool> FailsBefore { get; set; } = static _ => false;

    /// <summary>Asked after each write: whether its writer is told that it failed.</summary>
    public Func<string, bool> FailsAfter { get; set; } = static _ => false;

    /// <summary>What is stored now under this name, for <see cref="Put"/>.</summary>
    public IReadOnlyList<KeyValuePair<(string State, GrainId Actor), (BinaryData Json, string ETag)>> Get(
        string state) => [.. _records.Where(record => record.Key.Item1 == state)];

    /// <summary>As if another silo had written it.</summary>
    public void Put(IReadOnlyList<KeyValuePair<(string State, GrainId Actor), (BinaryData Json, string ETag)>> records)
    {
        foreach (var (key, record) in records)
            _records[key] = record;
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_records.TryGetValue((stateName, grainId), out var record))
        {
            grainState.State = _json.Deserialize<T>(record.Json);
            grainState.ETag = record.ETag;
            grainState.RecordExists = true;
        }
        else
        {
            grainState.State = Activator.CreateInstance<T>();
            grainState.ETag = null;
            grainState.RecordExists = false;
        }

        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // As with a store elsewhere, other turns of the grain come in between.
        await Task.Yield();
        if (FailsBefore(stateName))
            throw new StorageUnavailableException("the test fails it before", null);
        var known = _records.TryGetValue((stateName, grainId), out var record) ? record.ETag : null;
        if (known != grainState.ETag)
            throw new InconsistentStateException($"{stateName} of {grainId}", known, grainState.ETag);
        var next = $"{Interlocked.Increment(ref _version)}";
        _records[(stateName, grainId)] = (_json.Serialize(grainState.State), next);
        if (FailsAfter(stateName))
            throw new StorageUnavailableException("the test fails it after", null);
        grainState.ETag = next;
        grainState.RecordExists = true;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        throw new NotSupportedException();
}
