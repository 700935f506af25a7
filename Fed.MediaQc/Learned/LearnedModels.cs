using Fed.MediaQc.Cues;
using Fed.MediaQc.Features;
using Fed.MediaQc.Files;

namespace Fed.MediaQc.Learned;

/// <summary>The models of a scan: at most one of pictures and one of cues, told apart by their features.</summary>
public sealed class LearnedModels : IDisposable
{
    /// <summary>Looks at pictures; null: none does.</summary>
    public LearnedModel? Pictures { get; private set; }

    /// <summary>Compares subtitles with the sound; null: none does.</summary>
    public LearnedModel? Cues { get; private set; }

    public IEnumerable<LearnedModel> All => new[] { Pictures, Cues }.OfType<LearnedModel>();

    /// <param name="model">Is disposed of with the others.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="DataFileException">A scan has nothing to show it, or there is one of its kind.</exception>
    public void Add(LearnedModel model, string name)
    {
        if (model.Card.Features == CueFeatures.Name)
            Cues = Place(Cues, model, name, CueFeatures.StoredShape);
        else
            Pictures = Place(Pictures, model, name, PictureLooks.Shape);
        if (Cues == model && !model.Card.Classes.SequenceEqual(CueClasses.Names))
        {
            throw new DataFileException(
                name,
                $"it tells {string.Join(", ", model.Card.Classes)}, and cues are "
                + string.Join(", ", CueClasses.Names));
        }
    }

    public void Dispose()
    {
        foreach (var model in All)
            model.Dispose();
    }

    private static LearnedModel Place(
        LearnedModel? before, LearnedModel model, string name, IReadOnlyList<int> stored)
    {
        if (before is not null)
        {
            throw new DataFileException(
                name, $"there is a model of {before.Card.Features} already; give one of a kind");
        }

        try
        {
            var shape = FeatureExtraction.Get(model.Card.Features).OutputShape(stored);
            return shape.SequenceEqual(model.InputShape)
                ? model
                : throw new ArgumentException(
                    $"features {model.Card.Features} of what it sees are [{string.Join(',', shape)}], and its inputs "
                    + $"[{string.Join(',', model.InputShape)}]");
        }
        catch (ArgumentException wrong)
        {
            throw new DataFileException(
                name,
                $"a scan cannot show this model anything: {wrong.Message}; pictures are qc-v1, cues cues-v1",
                wrong);
        }
    }
}
