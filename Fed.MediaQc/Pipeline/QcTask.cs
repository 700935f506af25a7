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
        LearningRate: 0.01,
        Momentum: 0.9,
        BatchSize: 8,
        LocalEpochs: 1,
        Rounds: 60,
        ClusterShare: 0,
        ServerMomentum: 0.6,
        LearningRateDecay: 0.8);

    public static TaskDescription Describe(BuildPlan plan)
    {
        return new TaskDescription(
            plan.Task,
            [.. QcClasses.Names],
            [.. QcFeatures.StoredShape],
            [.. QcFeatures.StoredShape],
            QcFeatures.Name,
            [.. plan.Houses.Select(house => house.Cluster).Distinct()],
            [.. plan.Houses.Select(house => new ParticipantDescription(house.Name, house.Cluster))],
            Training);
    }

    public static string Model(TaskDescription task) => ModelJson.Of(
        "media-qc-cnn",
        task,
        ModelJson.Conv(24), ModelJson.Relu, new { type = "maxPool2d", size = 2 },
        ModelJson.Conv(32), ModelJson.Relu, ModelJson.Dense(40), ModelJson.Relu,
        ModelJson.Dense(task.Classes.Length));
}

/// <summary>Where the patches come from.</summary>
internal static class QcProvenance
{
    private const string About = """
        Every sample is of one second of a moving clip that `fed data build` made of one of the images below;
        docs/data.md says how. What is stored are maps of measurements of a region of it, no picture. The images come
        from Debian packages, and the licence of each is the one that its package's copyright file gives
        (/usr/share/doc/PACKAGE/copyright). The samples are adaptations (scaled, cropped, moved, encoded, disturbed) and
        stay under the licence of their source. `provenance.json` says the same to machines, with the sources of each
        file; each .fqc file names the source of each of its samples.
        """;

    public static Provenance Of(BuildPlan plan, int seed) => new(
        "Where these samples come from",
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
