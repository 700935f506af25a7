using System.Text;
using System.Text.Json;

namespace Fed.MediaQc.Folders;

/// <summary>Writes what stands beside the samples of any task: task.json, model.json, provenance.</summary>
internal static class DataFolderWriter
{
    /// <param name="folder">With the .fqc files already there: provenance.json counts their sources.</param>
    /// <param name="model">The model specification, as JSON.</param>
    /// <param name="provenance">Where the samples come from; null where one sentence of the documents says it.</param>
    public static void Write(string folder, TaskDescription task, string model, Provenance? provenance)
    {
        WriteText(folder, "task.json", JsonSerializer.Serialize(task, TaskDescription.Json));
        WriteText(folder, "model.json", model);
        if (provenance is null)
            return;
        WriteText(folder, "PROVENANCE.md", provenance.ToText());
        WriteText(folder, "provenance.json", provenance.ToIndex(folder, task));
    }

    private static void WriteText(string folder, string name, string text) =>
        File.WriteAllText(Path.Combine(folder, name), text.TrimEnd() + "\n", new UTF8Encoding(false));
}
