using System.Collections.Concurrent;
using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Orleans;

namespace Fed.Silo.Federations;

/// <summary>
/// What never changes of each federation, asked once from its actor: settings are immutable once accepted. What does
/// change (its state) is not cached; ask the actor.
/// </summary>
public sealed class FederationDirectory(IGrainFactory grains)
{
    private readonly ConcurrentDictionary<string, FederationProfile> _profiles = new(StringComparer.Ordinal);

    /// <exception cref="RefusedException">No such federation; not remembered, it may be created later.</exception>
    public async ValueTask<FederationProfile> GetAsync(string federation)
    {
        if (_profiles.TryGetValue(federation, out var known))
            return known;
        var description = await grains.GetGrain<IFederationGrain>(federation).Describe();
        return _profiles.GetOrAdd(federation, new FederationProfile(description));
    }
}
