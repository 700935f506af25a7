using System.Collections.Concurrent;
using Fed.Embedded.Serialization;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Fed.Embedded.Storage;

/// <summary>
/// Keeps state in this process: lost with it. Stores bytes, so that a grain's object is never shared.
/// </summary>
internal sealed class MemoryGrainStorage(string name) : IGrainStorage
{
    private readonly ConcurrentDictionary<(string State, GrainId Grain), Record> _records = new();
    private long _version;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var found = _records.TryGetValue((stateName, grainId), out var record);
        var state = found ? StateJson.Deserialize<T>(record!.Json) : default;
        grainState.State = state ?? StateActivator.Create<T>();
        grainState.ETag = record?.ETag;
        grainState.RecordExists = found;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var next = new Record(
            StateJson.Serialize(grainState.State), Interlocked.Increment(ref _version).ToString());
        var key = (stateName, grainId);
        var known = _records.GetValueOrDefault(key);
        var written = known?.ETag == grainState.ETag
            && (known is null ? _records.TryAdd(key, next) : _records.TryUpdate(key, next, known));
        if (!written)
        {
            throw Conflict(stateName, grainId, grainState.ETag);
        }
        grainState.ETag = next.ETag;
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = (stateName, grainId);
        var known = _records.GetValueOrDefault(key);
        if (known?.ETag != grainState.ETag || (known is not null && !_records.TryRemove(new(key, known))))
        {
            throw Conflict(stateName, grainId, grainState.ETag);
        }
        grainState.ETag = null;
        grainState.RecordExists = false;
        grainState.State = StateActivator.Create<T>();
        return Task.CompletedTask;
    }

    private InconsistentStateException Conflict(string stateName, GrainId grainId, string? current) =>
        StorageConflict.Create(
            name, stateName, grainId, _records.GetValueOrDefault((stateName, grainId))?.ETag, current);

    private sealed record Record(byte[] Json, string ETag);
}
