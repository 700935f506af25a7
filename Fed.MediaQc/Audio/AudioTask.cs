using Fed.MediaQc.Folders;

namespace Fed.MediaQc.Audio;

/// <summary>
/// The audio task: its description, the model that ships with it, and the settings that were measured to suit it
/// (docs/data.md).
/// </summary>
internal static class AudioTask
{
    private static readonly RecommendedTraining s_training = new(
        LearningRate: 0.03,
        Momentum: 0.8,
        BatchSize: 8,
        LocalEpochs: 1,
        Rounds: 60,
        ClusterShare: 0,
        ServerMomentum: 0.6,
        LearningRateDecay: 0.8);

    private const string About = """
        Every sample is one second of sound that `fed data build --task audio` made of one of the recordings below;
        docs/data.md says how. The recordings come from Debian packages, and the licence of each is the one that its
        package's copyright file gives (/usr/share/doc/PACKAGE/copyright). What is stored is a log-mel spectrogram and
        an amplitude histogram of the second (adapted: equalised, disturbed, encoded), under the licence of its source.
        `provenance.json` says the same to machines, with the sources of each file; each .fqc file names the source of
        each of its samples.

        The voice `it-menardi` was made by Marco Menardi and Paola Dal Zot: http://www.voip.ammdomus.it
        """;

    public static int[] StoredShape { get; } = [AudioFeatures.Planes, AudioFeatures.Side, AudioFeatures.Side];

    public static TaskDescription Describe(AudioPlan plan) => new(
        plan.Task,
        [.. AudioClasses.Names],
        StoredShape,
        [.. new AudioInputs().OutputShape(StoredShape)],
        AudioInputs.Name,
        [.. plan.Houses.Select(house => house.Cluster).Distinct()],
        [.. plan.Houses.Select(house => new ParticipantDescription(house.Name, house.Cluster))],
        s_training);

    public static string Model(TaskDescription task)
    {
        object maximum = new { type = "maxPool2d", size = 2 };
        return ModelJson.Of(
            "audio-qc-cnn",
            task,
            ModelJson.Conv(16), ModelJson.Relu, maximum, ModelJson.Conv(24), ModelJson.Relu, maximum,
            ModelJson.Dense(task.Classes.Length));
    }

    public static Provenance ProvenanceOf(
        AudioPlan plan, IEnumerable<(string Part, Recording Recording)> used, int seed) => new(
        "Where these seconds come from",
        About,
        seed,
        [.. plan.Houses.Select(house => (house.Name, Describe(house)))],
        [
            .. used.Select(one => new UsedSource(
                one.Recording.Id,
                one.Recording.Voice.Package,
                one.Recording.Path,
                one.Recording.Voice.Author,
                one.Recording.Voice.Licence,
                one.Part)),
        ]);

    private static string Describe(AudioHousePlan house) => FormattableString.Invariant(
        $"""
        {house.About}
        Good: {Provenance.Code(house.Good)}; low: {Provenance.Code(house.Low)}; faults: {Provenance.Code(house.Faults)};
        level {house.Sound.Level} dB, room {house.Sound.Room} s, room tone {house.Sound.Tone} dB down,
        treble {house.Sound.Tilt} dB.
        """);
}
