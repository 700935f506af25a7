using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Core.FailPoints;
using Fed.Grains.Federations;
using Fed.Training;
using Orleans;

namespace Fed.Silo.Federations;

/// <summary>
/// Creates federations: the model specification is checked here, where the trainer is known, the initial model is
/// stored, and the federation's actor checks the rest and decides.
/// </summary>
public sealed class FederationCreator(IGrainFactory grains, InitialModels models)
{
    /// <returns>The federation, and whether it was created now rather than before with the same settings.</returns>
    /// <exception cref="RefusedException">Settings refused, or the name taken by others.</exception>
    public async Task<(FederationDescription Description, bool Created)> CreateAsync(
        FederationSettings settings, CancellationToken cancellationToken)
    {
        // The actor checks again; asked here too, so that refused settings leave no model behind.
        var federated = Check(settings);
        var name = settings.Name;
        var grain = grains.GetGrain<IFederationGrain>(name);
        var existing = await FindAsync(name);
        // The models that it was created from may be gone since.
        if (federated.Split is { } split)
        {
            var known = Same(existing?.Settings.Extractor, settings.Extractor) ? existing?.Extractor?.Sha256 : null;
            federated = federated.Behind(
                known ?? await models.StoreExtractorAsync(settings.Extractor!.Source, split, cancellationToken));
        }

        var model = existing is { Settings.InitialModel: { } source } && source == settings.InitialModel
            ? existing.InitialModel
            : await models.StoreAsync(settings, federated, cancellationToken);
        // First: a federation that is not listed would lose its blobs to a collection.
        FailPoint.Hit(FailPointNames.FederationBeforeListing);
        await grains.GetGrain<IFederationIndexGrain>(IFederationIndexGrain.Key).Add(name);
        FailPoint.Hit(FailPointNames.FederationAfterListing);
        var vector = federated.Vector;
        await grain.Create(settings, model, vector.Hash, vector.ParameterCount, federated.Extractor);
        FailPoint.Hit(FailPointNames.FederationAfterCreation);
        return (await grain.Describe(), existing is null);
    }

    /// <returns>Null: there is no federation of this name.</returns>
    public async Task<FederationDescription?> FindAsync(string name)
    {
        try
        {
            return await grains.GetGrain<IFederationGrain>(name).Describe();
        }
        catch (RefusedException refused) when (refused.Code == RefusalCode.UnknownFederation)
        {
            return null;
        }
    }

    /// <summary>All that can be known of settings without a silo.</summary>
    /// <returns>The model; its extractor, if it has one, is not known yet.</returns>
    /// <exception cref="RefusedException">Settings refused.</exception>
    public static FederatedModel Check(FederationSettings settings)
    {
        SettingsValidator.Validate(settings);
        try
        {
            var model = ModelSpecification.Parse(settings.Model);
            if (settings.Classes is { } classes && classes.Count != model.Classes)
            {
                throw new RefusedException(
                    RefusalCode.InvalidSettings,
                    $"classes names {classes.Count}, but the model tells {model.Classes} apart",
                    "name as many classes as the model's last layer has units, in their order");
            }

            return new FederatedModel(settings, model);
        }
        catch (SpecificationException error)
        {
            throw new RefusedException(
                RefusalCode.InvalidSettings,
                $"model: {error.Message}",
                "see docs/training.md for model specifications");
        }
    }

    // Records compare lists by reference.
    private static bool Same(ExtractorSettings? left, ExtractorSettings? right) =>
        left is not null && right is not null && left.Source == right.Source && left.Frozen.SequenceEqual(right.Frozen);
}
