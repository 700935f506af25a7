using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Contracts.Storage;
using Fed.Core.Models;
using Fed.Grains.Federations;
using Fed.Training;
using Fed.Training.Specification;
using Orleans;

namespace Fed.Silo.Federations;

/// <summary>
/// Creates federations: the model specification is checked here, where the trainer is known, the initial model is drawn
/// from the seed and stored, and the federation's actor checks the rest and decides.
/// </summary>
public sealed class FederationCreator(IGrainFactory grains, IBlobStore blobs, FederationCatalogue catalogue)
{
    /// <returns>The federation, and whether it was created now rather than before with the same settings.</returns>
    /// <exception cref="RefusedException">Settings refused, or the name taken by others.</exception>
    public async Task<(FederationDescription Description, bool Created)> CreateAsync(
        FederationSettings settings, CancellationToken cancellationToken)
    {
        // The actor checks again; asked here too, so that refused settings leave no model behind.
        SettingsValidator.Validate(settings);
        var name = settings.Name;
        var grain = grains.GetGrain<IFederationGrain>(name);
        var existed = await ExistsAsync(grain);
        var specification = ReadModel(settings.Model);
        var model = await StoreInitialModelAsync(specification, settings.Seed, cancellationToken);
        var layout = specification.Layout;
        await grain.Create(settings, model, layout.Hash, layout.ParameterCount);
        catalogue.Add(name);
        return (await grain.Describe(), !existed);
    }

    private static async Task<bool> ExistsAsync(IFederationGrain grain)
    {
        try
        {
            await grain.Describe();
            return true;
        }
        catch (RefusedException refused) when (refused.Code == RefusalCode.UnknownFederation)
        {
            return false;
        }
    }

    private static ModelSpecification ReadModel(string json)
    {
        try
        {
            return ModelSpecification.Parse(json);
        }
        catch (SpecificationException error)
        {
            throw new RefusedException(
                RefusalCode.InvalidSettings,
                $"model: {error.Message}",
                "see docs/training.md for model specifications");
        }
    }

    private async Task<string> StoreInitialModelAsync(
        ModelSpecification specification, int seed, CancellationToken cancellationToken)
    {
        var parameters = specification.Initialise(seed);
        await using var writer = await blobs.CreateAsync(cancellationToken);
        Safetensors.Write(writer.Stream, specification.Layout, parameters);
        return await writer.CommitAsync(cancellationToken);
    }
}
