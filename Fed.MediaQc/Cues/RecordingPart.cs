using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;

namespace Fed.MediaQc.Cues;

/// <summary>A part of a language's recordings: that of a house, or the held-out one.</summary>
/// <param name="House">Null: held out.</param>
internal sealed record RecordingPart(
    LanguagePlan Language, SubtitleHouse? House, IReadOnlyList<Utterance> Utterances)
{
    /// <summary>Fewer, and a programme says the same sentences again and again.</summary>
    private const int FewestUtterances = 12;

    /// <summary>In the order of their identifiers.</summary>
    public IEnumerable<UsedSource> Sources =>
        Utterances.OrderBy(one => one.Id, StringComparer.Ordinal).Select(one => new UsedSource(
            one.Id, Language.Packages[0], one.Path, Language.Author, Language.Licence, House?.Name ?? Provenance.Test));

    /// <summary>Deals a language's recordings: each goes to one part, so that what is held out occurs in no
    /// house.</summary>
    /// <param name="houses">Those of the language.</param>
    /// <param name="root">Directory below which the plan's paths lie.</param>
    /// <param name="report">Told what was found and left out.</param>
    /// <exception cref="DataFileException">The package is missing, a recording is damaged or silent, or there are too
    /// few.</exception>
    public static IReadOnlyList<RecordingPart> Deal(
        LanguagePlan language, IEnumerable<SubtitleHouse> houses, string root, int seed, Action<string> report)
    {
        var recordings = Recordings.Read(language, root);
        SubtitleHouse?[] owners = [.. houses, null];
        var skipped = string.Join(", ", recordings.Skipped.Select(one => $"{one.Value} {one.Key}"));
        report($"{language.Key}: {recordings.Utterances.Count} utterances; left out: {skipped}");
        if (recordings.Utterances.Count < owners.Length * FewestUtterances)
        {
            throw new DataFileException(
                Path.Combine(root, language.Sounds),
                $"{recordings.Utterances.Count} utterances can be used; {owners.Length} parts need {FewestUtterances} "
                + $"each (left out: {skipped})");
        }

        var order = recordings.Utterances.ToArray();
        new Random(StableSeed.Of(seed, "deal", language.Key)).Shuffle(order);
        return
        [
            .. owners.Select((house, i) =>
                new RecordingPart(language, house, [.. order.Where((_, at) => at % owners.Length == i)])),
        ];
    }
}
