using Fed.MediaQc.Folders;

namespace Fed.MediaQc.Cues;

/// <summary>
/// The subtitle task: its description, the model that ships with it, the settings that were measured to suit it
/// (docs/data.md), and where its cues come from.
/// </summary>
internal static class SubtitleTask
{
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
        `provenance.json` says the same to machines, with the sources of each file; each .fqc file names the recording
        of each of its cues.
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

    public static string Model(TaskDescription task) => ModelJson.OfMaps("subtitle-qc-cnn", task);

    public static Provenance ProvenanceOf(SubtitlePlan plan, int seed, IReadOnlyList<RecordingPart> parts) => new(
        "Where these cues come from",
        About,
        seed,
        [.. plan.Houses.Select(house => (house.Name, $"{house.About} Beds: {string.Join(", ", house.Beds)}."))],
        [.. parts.SelectMany(part => part.Sources)]);
}
