using System.Collections.Concurrent;
using System.Collections.Frozen;
using Fed.Contracts.Federations;

namespace Fed.Grains.Federations;

/// <summary>
/// Who is in which cluster, for the participants on this silo: rosters have up to 100,000 entries, and each actor
/// asks. A federation's roster never changes.
/// </summary>
public sealed class RosterIndex
{
    private readonly ConcurrentDictionary<string, FrozenDictionary<string, string>> _clusters =
        new(StringComparer.Ordinal);

    /// <summary>The cluster of a participant, or null when the roster does not know it.</summary>
    public string? ClusterOf(FederationSettings settings, string participant) => _clusters
        .GetOrAdd(
            settings.Name,
            static (_, roster) => roster.ToFrozenDictionary(
                entry => entry.Name, entry => entry.Cluster, StringComparer.Ordinal),
            settings.Roster)
        .GetValueOrDefault(participant);
}
