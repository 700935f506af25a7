using Fed.MediaQc.Audio;
using Fed.MediaQc.Cues;
using Fed.MediaQc.Features;
using Fed.MediaQc.Files;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Programmes;

namespace Fed.MediaQc.Learned;

/// <summary>The models of a scan: at most one of pictures, one of sound, one of cues and one of programmes, told apart
/// by their features.</summary>
public sealed class LearnedModels : IDisposable
{
    /// <summary>Looks at pictures; null: none does.</summary>
    public LearnedModel? Pictures { get; private set; }

    /// <summary>Compares subtitles with the sound; null: none does.</summary>
    public LearnedModel? Cues { get; private set; }

    /// <summary>Listens to the sound; null: none does.</summary>
    public LearnedModel? Sound { get; private set; }

    /// <summary>Compares sound, pictures and subtitles with each other; null: none does.</summary>
    public LearnedModel? Streams { get; private set; }

    public IEnumerable<LearnedModel> All => new[] { Pictures, Sound, Cues, Streams }.OfType<LearnedModel>();

    /// <param name="model">Is disposed of with the others.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="DataFileException">A scan has nothing to show it, or there is one of its kind.</exception>
    public void Add(LearnedModel model, string name)
    {
        switch (model.Card.Features)
        {
            case CueFeatures.Name:
                RequireClasses(model, name, "cues", CueClasses.Names);
                Cues = Place(Cues, model, name, CueFeatures.StoredShape);
                break;
            case AudioInputs.Name:
                RequireClasses(model, name, "seconds of sound", AudioClasses.Names);
                Sound = Place(Sound, model, name, AudioTask.StoredShape);
                break;
            case QcFeatures.Name:
                RequireClasses(model, name, "seconds of pictures", QcClasses.Names);
                Pictures = Place(Pictures, model, name, QcFeatures.StoredShape);
                break;
            case ProgrammeFeatures.Name:
                RequireClasses(model, name, "stretches of programmes", StreamClasses.Names);
                Streams = Place(Streams, model, name, ProgrammeFeatures.StoredShape);
                break;
            default:
                throw new DataFileException(
                    name,
                    $"a scan cannot show this model anything: it takes features {model.Card.Features}; pictures are "
                    + $"{QcFeatures.Name}, sound {AudioInputs.Name}, cues {CueFeatures.Name}, "
                    + $"programmes {ProgrammeFeatures.Name}");
        }
    }

    public void Dispose()
    {
        foreach (var model in All)
            model.Dispose();
    }

    private static void RequireClasses(LearnedModel model, string name, string what, IReadOnlyList<string> classes)
    {
        if (!model.Card.Classes.SequenceEqual(classes))
        {
            throw new DataFileException(
                name,
                $"it tells {string.Join(", ", model.Card.Classes)}, and {what} are {string.Join(", ", classes)}");
        }
    }

    private static LearnedModel Place(
        LearnedModel? before, LearnedModel model, string name, IReadOnlyList<int> stored)
    {
        if (before is not null)
        {
            throw new DataFileException(
                name, $"there is a model of {before.Card.Features} already; give one of a kind");
        }

        var shape = FeatureExtraction.Get(model.Card.Features).OutputShape(stored);
        return shape.SequenceEqual(model.InputShape)
            ? model
            : throw new DataFileException(
                name,
                $"features {model.Card.Features} of what it sees are [{string.Join(',', shape)}], and its inputs "
                + $"[{string.Join(',', model.InputShape)}]");
    }
}
