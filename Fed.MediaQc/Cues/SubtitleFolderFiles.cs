using System.Text;
using System.Text.Json;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Cues;

/// <summary>What stands beside the cues of the subtitle task: task.json, model.json, provenance.</summary>
internal static class SubtitleFolderFiles
{
    /// <summary>Measured, see docs/data.md.</summary>
    private static readonly RecommendedTraining s_training = new(
        LearningRate: 0.02,
        Momentum: 0.8,
        BatchSize: 16,
        LocalEpochs: 1,
        Rounds: 40,
        ClusterShare: 0,
        ServerMomentum: 0.6,
        LearningRateDecay: 0.8);

    private const string About = """
        Every map was made of a programme that `fed data build --task subtitles` put together of the recordings below;
        docs/data.md says how. A map holds the loudness of four bands of the sound in bins of 100 ms, and where cues
        stand: neither sound nor text can be had back. The recordings come from Debian packages, and the licence of
        each is the one that its package's copyright file gives (/usr/share/doc/PACKAGE/copyright). The maps are
        adaptations (trimmed, joined, mixed with made sound, measured) and stay under the licence of their source.
        `provenance.json` says the same to machines; each .fqc file names the recording of each of its cues.
        """;

    public static TaskDescription Describe(SubtitlePlan plan) => new(
        plan.Task,
        [.. CueClasses.Names],
        [.. CueFeatures.StoredShape],
        [.. new CueFeatures().OutputShape(CueFeatures.StoredShape)],
        CueFeatures.Name,
        [.. plan.Languages.Select(language => language.Key)],
        [.. plan.Houses.Select(house => new ParticipantDescription(house.Name, house.Language))],
        s_training);

    public static void Write(
        SubtitlePlan plan, int seed, IReadOnlyList<SubtitleBuilder.Part> parts, string directory)
    {
        Write("task.json", JsonSerializer.Serialize(Describe(plan), TaskDescription.Json));
        Write("model.json", ModelJson());
        Write("PROVENANCE.md", Provenance(plan, seed, parts));
        Write("provenance.json", JsonSerializer.Serialize(
            new
            {
                seed,
                parts = parts.Select(part => new
                {
                    part.Name,
                    part.Language.Packages,
                    part.Language.Sounds,
                    part.Language.Author,
                    part.Language.Licence,
                    recordings = part.Utterances.Select(one => one.Id).Order(StringComparer.Ordinal),
                }),
            },
            BuildPlan.Json));

        void Write(string name, string text) =>
            File.WriteAllText(Path.Combine(directory, name), text.TrimEnd() + "\n", new UTF8Encoding(false));
    }

    private static string ModelJson()
    {
        object relu = new { type = "relu" };
        object[] layers =
        [
            new { type = "dense", units = 32 }, relu, new { type = "dense", units = CueClasses.Names.Count },
        ];
        int[] input = [.. new CueFeatures().OutputShape(CueFeatures.StoredShape)];
        return JsonSerializer.Serialize(
            new { name = "subtitle-qc", input, layers, loss = "softmaxCrossEntropy" }, TaskDescription.Json);
    }

    private static string Provenance(SubtitlePlan plan, int seed, IReadOnlyList<SubtitleBuilder.Part> parts)
    {
        var text = new StringBuilder("# Where these cues come from\n\n").Append(About).Append("\n\n")
            .Append(FormattableString.Invariant(
                $"Seed {seed}. Recordings of the held-out part occur in no participant's part.\n\n"))
            .Append("| language | author | licence | packages | recordings |\n|---|---|---|---|---|\n");
        foreach (var one in plan.Languages)
        {
            text.Append($"| {one.Key} | {one.Author} | {one.Licence} | {string.Join(", ", one.Packages)} | ")
                .Append($"{one.Sounds} |\n");
        }

        foreach (var part in parts)
        {
            text.Append($"\n## {part.Name}\n\n");
            if (plan.Houses.FirstOrDefault(house => house.Name == part.Name) is { } house)
                text.Append($"{house.About} Beds: {string.Join(", ", house.Beds)}.\n\n");
            text.Append($"{part.Language.Key}, {part.Utterances.Count} recordings: ")
                .AppendJoin(", ", part.Utterances.Select(one => one.Id).Order(StringComparer.Ordinal))
                .Append(".\n");
        }

        return text.ToString();
    }
}
