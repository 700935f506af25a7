using System.Text.Json;
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
        object[] layers =
        [
            Conv(16), Relu, maximum, Conv(24), Relu, maximum, new { type = "dense", units = task.Classes.Length },
        ];
        var model = new { name = "audio-qc-cnn", input = task.Shape, layers, loss = "softmaxCrossEntropy" };
        return JsonSerializer.Serialize(model, TaskDescription.Json);
    }

    public static Provenance Provenance(
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

    private static object Relu => new { type = "relu" };

    private static object Conv(int filters) => new { type = "conv2d", filters, kernel = 3, stride = 1, padding = 1 };

    private static string Describe(AudioHousePlan house) => FormattableString.Invariant(
        $"""
        {house.About}
        Good: {Code(house.Good)}; low: {Code(house.Low)}; faults: {Code(house.Faults)};
        level {house.Sound.Level} dB, room {house.Sound.Room} s, room tone {house.Sound.Tone} dB down,
        treble {house.Sound.Tilt} dB.
        """);

    private static string Code(IEnumerable<string> settings) => string.Join(", ", settings.Select(s => $"`{s}`"));
}
