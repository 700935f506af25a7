using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Participants;
using Fed.Contracts.Versions;
using Fed.Grains.Clusters;
using Fed.Grains.Global;
using Fed.Grains.Versions;
using Fed.Simulation.Storage;

namespace Fed.Simulation.Checks;

/// <summary>
/// What stands on the disk, whatever the actors have in memory. All that the checks know of the actors' state classes
/// is here.
/// </summary>
internal sealed class DurableState(SimulatedDisk disk, string federation)
{
    private readonly Dictionary<string, VersionManifest> _manifests = new(StringComparer.Ordinal);

    /// <summary>Null before its first version.</summary>
    public ClusterAccount? Cluster(string key)
    {
        var state = disk.Read<ClusterState>("cluster", $"clusteraggregator/{GrainKeys.Within(federation, key)}");
        return state is null || state.Version < 0 ? null : new ClusterAccount(
            state.Version,
            state.ManifestSha256,
            [.. state.Pending.Select(item => item.Receipt)],
            [.. state.Outbox]);
    }

    /// <summary>Null before the first version.</summary>
    public GlobalAccount? Global()
    {
        var state = disk.Read<GlobalState>("global", $"globalaggregator/{federation}");
        return state is null || state.Version < 0 ? null : new GlobalAccount(
            state.Version,
            state.ModelSha256,
            state.ManifestSha256,
            state.Finished,
            [.. state.Pending.Select(item => item.Aggregate)]);
    }

    /// <summary>What has not been given up.</summary>
    public KeptVersions Kept() => new(Registry()?.Retention?.Floors ?? RetentionMark.None, Stable());

    /// <summary>The global version that stable points to; null: none.</summary>
    public long? Stable() => Registry()?.Stable?.Version;

    private RegistryState? Registry() => disk.Read<RegistryState>("registry", $"modelregistry/{federation}");

    /// <exception cref="InvalidDataException">There is no such blob.</exception>
    public VersionManifest Manifest(string sha256)
    {
        if (_manifests.TryGetValue(sha256, out var known))
            return known;
        if (!disk.Blobs.TryGetValue(sha256, out var bytes))
            throw new InvalidDataException($"manifest {sha256} is not in the blob store");
        return _manifests[sha256] = SignedManifest.Read(bytes, sha256).Manifest;
    }

    /// <summary>Where every tier stands.</summary>
    public string Summary(IReadOnlyList<string> clusters) => string.Join("; ", clusters.Select(key =>
        $"{key} {(Cluster(key) is { } c ? $"version {c.Version}, {c.Pending.Count} pending, {c.Outbox.Count} to send" : "new")}")
        .Append(Global() is { } g ? $"global version {g.Version}, {g.Pending.Count} pending" : "global new"));

    /// <summary>From the given manifest to the initial one.</summary>
    public IReadOnlyList<(string Sha256, VersionManifest Manifest)> Chain(string newest)
    {
        var chain = new List<(string, VersionManifest)>();
        for (var next = newest; ; next = chain[^1].Item2.Parents[0])
        {
            chain.Add((next, Manifest(next)));
            if (chain[^1].Item2.Kind == "initial")
                return chain;
        }
    }
}

/// <summary>What the checks need of a cluster's state.</summary>
internal sealed record ClusterAccount(
    long Version, string Manifest, IReadOnlyList<Receipt> Pending, IReadOnlyList<ClusterAggregate> Outbox);

/// <summary>What the checks need of the global state.</summary>
internal sealed record GlobalAccount(
    long Version, string Model, string Manifest, bool Finished, IReadOnlyList<ClusterAggregate> Pending);
