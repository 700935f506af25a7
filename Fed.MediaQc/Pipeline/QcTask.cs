using System.Text;
using Fed.MediaQc.Features;
using Fed.MediaQc.Folders;

namespace Fed.MediaQc.Pipeline;

/// <summary>
/// The media-QC task: its description, the model that ships with it, and the settings that were measured to suit it
/// (docs/data.md).
/// </summary>
internal static class QcTask
{
    private static readonly RecommendedTraining Training = new(
        LearningRate: 0.03,
        Momentum: 0.8,
        BatchSize: 8,
        LocalEpochs: 1,
        Rounds: 60,
        ClusterShare: 0,
        ServerMomentum: 0.6,
        LearningRateDecay: 0.8);

    public static TaskDescription Describe(BuildPlan plan)
    {
        int[] stored = [PatchWindow.FrameCount, PatchWindow.Pixels, PatchWindow.Pixels];
        return new TaskDescription(
            plan.Task,
            [.. QcClasses.Names],
            stored,
            [.. new QcFeatures().OutputShape(stored)],
            QcFeatures.Name,
            [.. plan.Houses.Select(house => house.Cluster).Distinct()],
            [.. plan.Houses.Select(house => new ParticipantDescription(house.Name, house.Cluster))],
            Training);
    }

    public static string Model(TaskDescription task) => ModelJson.Of(
        "media-qc-cnn",
        task,
        ModelJson.Conv(16), ModelJson.Relu, new { type = "maxPool2d", size = 2 },
        ModelJson.Conv(32), ModelJson.Relu, new { type = "averagePool2d", size = 4 },
        ModelJson.Dense(task.Classes.Length));
}

/// <summary>Where the patches come from.</summary>
internal static class QcProvenance
{
    private const string About = """
        Every patch was cut from a moving clip that `fed data build` made of one of the images below; docs/data.md
        says how. The images come from Debian packages, and the licence of each is the one that its package's
        copyright file gives (/usr/share/doc/PACKAGE/copyright). The patches are adaptations (scaled, cropped, moved,
        encoded, disturbed) and stay under the licence of their source. `provenance.json` says the same to machines,
        with the sources of each file; each .fqc file names the source of each of its patches.
        """;

    public static Provenance Of(BuildPlan plan, int seed) => new(
        "Where these patches come from",
        About,
        seed,
        [.. plan.Houses.Select(house => (house.Name, Describe(house)))],
        [
            .. from source in plan.Sources
               let part = UsedBy(plan, source.Id)
               where part is not null
               select new UsedSource(source.Id, source.Package, source.Path, source.Author, source.Licence, part),
        ]);

    private static string Describe(HousePlan house) => new StringBuilder()
        .AppendLine(house.About)
        .Append($"Encoder: `{house.Encoder} {house.Options}`; good: {Provenance.Code(house.Good)}; ")
        .AppendLine($"low: {Provenance.Code(house.Low)};")
        .Append($"faults: {Provenance.Code(house.Faults)}; pictures of {house.Lines} lines.")
        .ToString();

    private static string? UsedBy(BuildPlan plan, string id) =>
        plan.Test.Sources.Contains(id)
            ? Provenance.Test
            : plan.Houses.FirstOrDefault(house => house.Sources.Contains(id))?.Name;
}
