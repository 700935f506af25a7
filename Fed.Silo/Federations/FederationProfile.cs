using Fed.Contracts.Federations;
using Fed.Core.Aggregation;
using Fed.Core.Blocks;

namespace Fed.Silo.Federations;

/// <summary>The immutable part of a federation, in the form in which the gateway needs it.</summary>
public sealed class FederationProfile(FederationDescription description)
{
    private readonly HashSet<string> _clusters = [.. description.Settings.Clusters];

    public string LayoutHash => description.LayoutHash;

    /// <summary>What an update must look like.</summary>
    public UpdateExpectation Update { get; } = new(
        description.Parameters,
        description.LayoutHash,
        description.Settings.Codec,
        new Grid(description.Settings.Arithmetic.FractionalBits, description.Settings.Arithmetic.Bound));

    public bool HasCluster(string cluster) => _clusters.Contains(cluster);
}
