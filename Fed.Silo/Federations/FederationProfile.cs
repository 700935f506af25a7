using System.Collections.Frozen;
using Fed.Contracts.Federations;
using Fed.Core.Aggregation;
using Fed.Core.Blocks;

namespace Fed.Silo.Federations;

/// <summary>The immutable part of a federation, in the form in which the gateway needs it.</summary>
public sealed class FederationProfile(FederationDescription description)
{
    private readonly FrozenDictionary<string, string> _roster = description.Settings.Roster.ToFrozenDictionary(
        entry => entry.Name, entry => entry.Cluster, StringComparer.Ordinal);

    private readonly HashSet<string> _clusters = [.. description.Settings.Clusters];

    public string LayoutHash => description.LayoutHash;

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
