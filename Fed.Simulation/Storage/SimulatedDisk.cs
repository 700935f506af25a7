using System.Globalization;
using Fed.Contracts.Storage;
using Fed.Embedded.Serialization;
using Fed.Embedded.Storage;
using Fed.Simulation.Engine;
using Orleans.Runtime;

namespace Fed.Simulation.Storage;

/// <summary>What survives a crash: grain state and blobs.</summary>
/// <param name="asJson">Keep state as JSON, as the real storage does; else as copies of the objects, which is
/// faster.</param>
internal sealed class SimulatedDisk(bool asJson)
{
    private readonly Dictionary<(string State, string Grain), Record?> _records = [];
    private readonly List<(long Time, (string State, string Grain) Key, Record? Before)> _cached = [];
    private readonly Dictionary<string, long> _committed = new(StringComparer.Ordinal);
    private long _version;

    public Dictionary<string, byte[]> Blobs { get; } = new(StringComparer.Ordinal);

    /// <param name="now">Ticks.</param>
    public void Commit(string sha256, byte[] bytes, long now)
    {
        Blobs.TryAdd(sha256, bytes);
        _committed[sha256] = now;
    }

    public IAsyncEnumerable<BlobInfo> List() => Blobs
        .Select(blob => new BlobInfo(
            blob.Key, blob.Value.Length, CommittedAt(blob.Key)))
        .ToArray()
        .ToAsyncEnumerable();

    /// <returns>Whether it is gone.</returns>
    public bool Remove(string sha256, DateTimeOffset? committedBefore)
    {
        if (committedBefore is { } before && CommittedAt(sha256) >= before)
            return false;
        Blobs.Remove(sha256);
        return true;
    }

    public object Freeze<T>(T state) => asJson ? StateJson.Serialize(state) : CopyPlan.CopyAny(state, new CopyContext())!;

    public string? ETagOf(string state, GrainId grain) => _records.GetValueOrDefault((state, grain.ToString()))?.ETag;

    /// <param name="frozen">From <see cref="Freeze"/>; null removes.</param>
    /// <param name="now">Ticks, for <see cref="LoseSince"/>.</param>
    /// <returns>The new ETag.</returns>
    public string? Write(string state, GrainId grain, object? frozen, long now)
    {
        var key = (state, grain.ToString());
        _cached.Add((now, key, _records.GetValueOrDefault(key)));
        var next = frozen is null ? null : new Record(frozen, (++_version).ToString(CultureInfo.InvariantCulture));
        _records[key] = next;
        return next?.ETag;
    }

    /// <summary>Default where there is none.</summary>
    /// <param name="grain">Type and key, as in <c>type/key</c>.</param>
    public T? Read<T>(string state, string grain) => _records.GetValueOrDefault((state, grain))?.Frozen switch
    {
        null => default,
        byte[] json => StateJson.Deserialize<T>(json),
        var frozen => (T)CopyPlan.CopyAny(frozen, new CopyContext())!,
    };

    /// <summary>Undoes the writes since then, newest first.</summary>
    public void LoseSince(long time)
    {
        for (; _cached.Count > 0 && _cached[^1].Time > time; _cached.RemoveAt(_cached.Count - 1))
            _records[_cached[^1].Key] = _cached[^1].Before;
    }

    private DateTimeOffset CommittedAt(string sha256) =>
        SimulatedTime.At(_committed.GetValueOrDefault(sha256));

    private sealed record Record(object Frozen, string ETag);
}
