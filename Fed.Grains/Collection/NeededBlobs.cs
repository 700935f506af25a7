using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Versions;
using Fed.Grains.Versions;
using Orleans;

namespace Fed.Grains.Collection;

/// <summary>
/// The blobs that federations need: all manifests, what the kept versions can be computed from, and what the tiers hold
/// beside them. Gathered while the federations go on: a tier is asked before those that it hands its blobs to.
/// </summary>
internal sealed class NeededBlobs(IGrainFactory grains, ManifestStore manifests)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public bool Contains(string sha256) => _names.Contains(sha256);

    /// <param name="floors">By tier, the lowest version that is kept. Raised before this is called: a version that is
    /// chosen meanwhile, to restore or to promote, is none that is given up.</param>
    /// <exception cref="InvalidDataException">A manifest is missing or damaged, so that it is not known what is
    /// needed.</exception>
    public async Task AddAsync(
        FederationDescription federation, IReadOnlyDictionary<string, long> floors, CancellationToken cancellationToken)
    {
        var name = federation.Settings.Name;
        var clusters = new List<BlobRoots>();
        foreach (var cluster in federation.Settings.Clusters)
            clusters.Add(await grains.GetGrain<IClusterAggregatorGrain>(GrainKeys.Within(name, cluster)).GetRoots());
        var global = await grains.GetGrain<IGlobalAggregatorGrain>(name).GetRoots();
        var registry = await grains.GetGrain<IModelRegistryGrain>(name).Retain(request: null);

        _names.Add(federation.InitialModel);
        if (federation.Extractor is { } extractor)
            _names.Add(extractor.Sha256);
        var kept = new KeptVersions(floors, registry.Stable);
        var models = new Dictionary<string, string>(StringComparer.Ordinal);
        var restored = new List<string>();
        // Clusters after the global tier, as KeptVersions has it.
        foreach (var roots in (BlobRoots[])[global, .. clusters])
        {
            _names.UnionWith(roots.Blobs);
            await WalkAsync(roots.ManifestSha256, kept, models, restored, cancellationToken);
        }

        foreach (var head in registry.Heads)
            await WalkAsync(head, kept, models, restored, cancellationToken);
        foreach (var parent in restored)
        {
            _names.Add(models.TryGetValue(parent, out var model)
                ? model
                : (await manifests.ReadAsync(parent)).ModelSha256);
        }
    }

    /// <summary>From the newest manifest of a tier to its first.</summary>
    /// <param name="models">Gets the model of every global version, by manifest.</param>
    /// <param name="restored">Gets the manifests that kept versions took over a model from.</param>
    private async Task WalkAsync(
        string head,
        KeptVersions kept,
        Dictionary<string, string> models,
        List<string> restored,
        CancellationToken cancellationToken)
    {
        for (var next = head.Length == 0 ? null : head; next is not null;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var manifest = await manifests.ReadAsync(next);
            _names.Add(next);
            if (manifest.Tier == TierNames.Global)
                models[next] = manifest.ModelSha256;
            if (kept.Has(next, manifest))
            {
                _names.UnionWith(ManifestChain.Blobs(manifest));
                if (manifest.Kind is "adopt" or "rollback" && manifest.Parents.Count > 1)
                    restored.Add(manifest.Parents[1]);
            }

            next = ManifestChain.Previous(manifest);
        }
    }
}
