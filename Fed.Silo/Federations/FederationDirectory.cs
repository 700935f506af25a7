using System.Collections.Concurrent;
using System.Collections.Frozen;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Core.Aggregation;
using Fed.Core.Blocks;
using Fed.Training;
using Orleans;

namespace Fed.Silo.Federations;

/// <summary>
/// What never changes of each federation, asked once from its actor: settings are immutable once accepted. What does
/// change (its state) is not cached; ask the actor.
/// </summary>
public sealed class FederationDirectory(IGrainFactory grains)
{
    private readonly ConcurrentDictionary<string, FederationProfile> _profiles = new(StringComparer.Ordinal);

    /// <summary>Null: it was never asked for here, or there is none.</summary>
    public FederationProfile? Find(string federation) => _profiles.GetValueOrDefault(federation);

    /// <exception cref="RefusedException">No such federation; not remembered, it may be created later.</exception>
    public async ValueTask<FederationProfile> GetAsync(string federation)
    {
        if (_profiles.TryGetValue(federation, out var known))
            return known;
        var description = await grains.GetGrain<IFederationGrain>(federation).Describe();
        return _profiles.GetOrAdd(federation, new FederationProfile(description));
    }
}

/// <summary>The immutable part of a federation, in the form in which the gateway needs it.</summary>
public sealed class FederationProfile(FederationDescription description)
{
    private readonly FrozenDictionary<string, string> _roster = description.Settings.Roster.ToFrozenDictionary(
        entry => entry.Name, entry => entry.Cluster, StringComparer.Ordinal);

    private readonly HashSet<string> _clusters = [.. description.Settings.Clusters];

    public IReadOnlyList<string> Clusters => description.Settings.Clusters;

    /// <summary>0: the settings do not name them.</summary>
    public int Classes => description.Settings.Classes?.Count ?? 0;

    /// <summary>Places along the first side of the model's input: what a <see cref="FeatureSummary"/> is of.</summary>
    public int Features { get; } = ModelSpecification.Parse(description.Settings.Model).Input[0];

    public string LayoutHash => description.LayoutHash;

    /// <summary>SHA-256 of the frozen layers; null: there are none.</summary>
    public string? Extractor => description.Extractor?.Sha256;

    /// <summary>What an update must look like.</summary>
    public UpdateExpectation Update { get; } = new(
        description.Parameters,
        description.LayoutHash,
        description.Settings.Codec,
        new Grid(description.Settings.Arithmetic.FractionalBits, description.Settings.Arithmetic.Bound));

    /// <summary>Null: the roster does not have the name.</summary>
    public string? ClusterOf(string participant) => _roster.GetValueOrDefault(participant);

    public bool HasCluster(string cluster) => _clusters.Contains(cluster);
}
