using System.Text;
using System.Text.Json;
using Fed.MediaQc.Features;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;

namespace Fed.MediaQc.Pipeline;

/// <summary>Writes what stands beside the patches: task.json, model.json, provenance.</summary>
internal static class DataFolderWriter
{
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
            QcModel.Training);
    }

    public static void Write(BuildPlan plan, BuildOptions options)
    {
        var task = Describe(plan);
        WriteText(options, "task.json", JsonSerializer.Serialize(task, TaskDescription.Json));
        WriteText(options, "model.json", QcModel.Json(task.Shape, QcClasses.Names.Count));
        WriteText(options, "PROVENANCE.md", ProvenanceReport.Text(plan, options));
        WriteText(options, "provenance.json", ProvenanceReport.Index(plan, options));
    }

    private static void WriteText(BuildOptions options, string name, string text) =>
        File.WriteAllText(Path.Combine(options.OutputDirectory, name), text.TrimEnd() + "\n", new UTF8Encoding(false));
}

/// <summary>The model that ships with the set, and the settings that were measured to suit it (docs/data.md).</summary>
internal static class QcModel
{
    public static RecommendedTraining Training { get; } = new(
        LearningRate: 0.03,
        Momentum: 0.8,
        BatchSize: 8,
        LocalEpochs: 1,
        Rounds: 60,
        ClusterShare: 0,
        ServerMomentum: 0.6,
        LearningRateDecay: 0.8);

    public static string Json(int[] shape, int classes)
    {
        object[] layers =
        [
            Conv(16), Relu, new { type = "maxPool2d", size = 2 },
            Conv(32), Relu, new { type = "averagePool2d", size = 4 },
            new { type = "dense", units = classes },
        ];
        var model = new { name = "media-qc-cnn", input = shape, layers, loss = "softmaxCrossEntropy" };
        return JsonSerializer.Serialize(model, TaskDescription.Json);
    }

    private static object Relu => new { type = "relu" };

    private static object Conv(int filters) => new { type = "conv2d", filters, kernel = 3, stride = 1, padding = 1 };
}

/// <summary>Says where every patch comes from, under which licence, and what was done to it.</summary>
internal static class ProvenanceReport
{
    private const string About = """
        Every patch was cut from a moving clip that `fed data build` made of one of the images below; docs/data.md
        says how. The images come from Debian packages, and the licence of each is the one that its package's
        copyright file gives (/usr/share/doc/PACKAGE/copyright). The patches are adaptations (scaled, cropped, moved,
        encoded, disturbed) and stay under the licence of their source. `provenance.json` says the same to machines,
        with the sources of each file; each .fqc file names the source of each of its patches.
        """;

    /// <summary>
    /// For machines: each source with its licence, its part (a house or test) and its number of patches.
    /// </summary>
    public static string Index(BuildPlan plan, BuildOptions options)
    {
        var files = plan.Houses
            .SelectMany(
                house => new[] { "train", "validation" }, (house, part) => $"participants/{house.Name}/{part}.fqc")
            .Concat(plan.Houses.Select(house => house.Cluster).Distinct().Select(cluster => $"test/{cluster}.fqc"))
            .Select(file => new { file, sources = Sources(Path.Combine(options.OutputDirectory, file)) });
        var sources = plan.Sources
            .Where(source => UsedBy(plan, source.Id) is not null)
            .Select(source => new UsedSource(
                source.Id, source.Package, source.Path, source.Author, source.Licence, UsedBy(plan, source.Id)!));
        return JsonSerializer.Serialize(new { seed = options.Seed, sources, files }, BuildPlan.Json);
    }

    private sealed record UsedSource(
        string Id, string Package, string Path, string Author, string Licence, string Part);

    public static string Text(BuildPlan plan, BuildOptions options)
    {
        var text = new StringBuilder()
            .AppendLine("# Where these patches come from")
            .AppendLine()
            .AppendLine(About)
            .AppendLine()
            .AppendLine(FormattableString.Invariant(
                $"Seed {options.Seed}. Content of the held-out part occurs in no participant's part."))
            .AppendLine();
        foreach (var group in plan.Houses.Select(house => house.Name).Append("test"))
        {
            text.AppendLine(group == "test" ? "## Held out (test/)" : $"## {group}").AppendLine();
            if (plan.Houses.FirstOrDefault(house => house.Name == group) is { } house)
            {
                text.AppendLine(house.About)
                    .Append($"Encoder: `{house.Encoder} {house.Options}`; good: {Code(house.Good)}; ")
                    .AppendLine($"low: {Code(house.Low)};")
                    .AppendLine($"faults: {Code(house.Faults)}; pictures of {house.Lines} lines.")
                    .AppendLine();
            }

            text.AppendLine("| source | author | licence | package | file |").AppendLine("|---|---|---|---|---|");
            foreach (var source in plan.Sources.Where(source => UsedBy(plan, source.Id) == group))
            {
                text.AppendLine(
                    $"| {source.Id} | {source.Author} | {source.Licence} | {source.Package} | {source.Path} |");
            }

            text.AppendLine();
        }

        return text.ToString();
    }

    private static string Code(IEnumerable<string> settings) => string.Join(", ", settings.Select(s => $"`{s}`"));

    private static string? UsedBy(BuildPlan plan, string id) =>
        plan.Test.Sources.Contains(id)
            ? "test"
            : plan.Houses.FirstOrDefault(house => house.Sources.Contains(id))?.Name;

    private static Dictionary<string, int> Sources(string path)
    {
        var set = FqcFile.Read(path);
        return set.SourceIndices
            .GroupBy(index => set.Sources[index])
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Count());
    }
}
