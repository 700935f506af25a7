using Fed.Contracts.Versions;
using Orleans.Runtime;

namespace Fed.Simulation;

/// <summary>What survives a crash: states of actors, manifests, and what the registry knows.</summary>
internal sealed class SimulatedDisk(World world)
{
    private readonly Dictionary<string, object> _states = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VersionManifest> _manifests = new(StringComparer.Ordinal);

    public Dictionary<(string Tier, long Number), string> Registry { get; } = [];

    public T? Read<T>(string name)
        where T : class => (T?)_states.GetValueOrDefault(name);

    public IPersistentState<T> Open<T>(Life life, string name)
        where T : class, new() => new Slot<T>(this, life, name);

    public VersionManifest Manifest(string hash) => _manifests[hash];

    /// <summary>Its hash; every writing makes another one, for the time and the signature are in it.</summary>
    public async Task<string> WriteAsync(Life life, VersionManifest manifest)
    {
        await world.Pause(life);
        if (world.Chance(60))
            throw new IOException("the blob store refuses");
        var hash = $"{manifest.Tier}-{manifest.Number}-{manifest.Kind}-{_manifests.Count}";
        _manifests.Add(hash, manifest);
        return hash;
    }

    /// <summary>From the newest manifest of a tier to its first.</summary>
    public IEnumerable<(string Hash, VersionManifest Manifest)> Chain(string newest)
    {
        for (var next = newest.Length == 0 ? null : newest; next is not null;)
        {
            var manifest = _manifests[next];
            yield return (next, manifest);
            next = ManifestChain.Previous(manifest);
        }
    }

    /// <summary>
    /// Writes fail before they take effect or after, and a crash comes at any time: before, between or after.
    /// </summary>
    private sealed class Slot<T>(SimulatedDisk disk, Life life, string name) : IPersistentState<T>
        where T : class, new()
    {
        public T State { get; set; } = disk.Read<T>(name) ?? new T();

        public string Etag => "";

        public bool RecordExists => disk._states.ContainsKey(name);

        public async Task WriteStateAsync()
        {
            var state = State;
            await disk.World.Pause(life);
            if (disk.World.Chance(30))
                throw new IOException($"the store refuses {name}");
            disk._states[name] = state;
            await disk.World.Pause(life);
            if (disk.World.Chance(30))
                throw new IOException($"the store did not answer of {name}");
        }

        public Task ReadStateAsync() => throw new NotSupportedException();

        public Task ClearStateAsync() => throw new NotSupportedException();
    }

    private World World => world;
}
