using System.Text;
using System.Text.Json;
using Fed.MediaQc.Features;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline.Labels;

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
