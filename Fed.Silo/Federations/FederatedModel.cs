using Fed.Contracts.Federations;
using Fed.Core.Models;
using Fed.Training;

namespace Fed.Silo.Federations;

/// <summary>A federation's model, and which part of it the federation trains.</summary>
public sealed class FederatedModel
{
    private static readonly string s_notYetKnown = new('0', 64);

    private readonly FederationSettings _settings;

    /// <param name="extractor">SHA-256 of the frozen layers' file, where the settings name any.</param>
    /// <exception cref="SpecificationException">The model does not allow what the settings say.</exception>
    public FederatedModel(FederationSettings settings, ModelSpecification model, string? extractor = null)
    {
        (_settings, Model) = (settings, model);
        Split = settings.Extractor is { } wanted ? Cut(model, wanted) : null;
        Trained = Split?.Head(extractor ?? s_notYetKnown) ?? model;
        Vector = settings.Training.ControlVariates ? ControlVariates.Extend(Trained.Layout) : Trained.Layout;
    }

    public ModelSpecification Model { get; }

    /// <summary>Null: it is trained as a whole.</summary>
    public ModelSplit? Split { get; }

    /// <summary>The model, or its head.</summary>
    public ModelSpecification Trained { get; }

    /// <summary>Layout of the vector that travels: of what is trained, or of its [x; c].</summary>
    public ModelLayout Vector { get; }

    /// <summary>Null: no layer is frozen.</summary>
    public Extractor? Extractor => Split is null
        ? null
        : new(Trained.Layout.Extractor!, _settings.Extractor!.Frozen, Split.Frozen.ParameterCount);

    /// <summary>The same behind an extractor that is known.</summary>
    public FederatedModel Behind(string extractor) => new(_settings, Model, extractor);

    private static ModelSplit Cut(ModelSpecification model, ExtractorSettings extractor)
    {
        try
        {
            return ModelSplit.Cut(model, extractor.Frozen);
        }
        catch (SpecificationException wrong)
        {
            throw new SpecificationException($"extractor.frozen: {wrong.Message}");
        }
    }
}
