using System.CommandLine;
using System.Text.Json;

namespace Fed.Bench;

/// <summary>The <c>--json FILE</c> of every benchmark.</summary>
internal static class JsonFile
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Option<FileInfo> Option() => new("--json")
    {
        Description = "write the figures to this file, too",
        HelpName = "FILE",
    };

    /// <summary>Writes the figures, unless no file was asked for.</summary>
    public static void Write(FileInfo? file, object figures)
    {
        if (file is not null)
            File.WriteAllText(file.FullName, JsonSerializer.Serialize(figures, figures.GetType(), Format));
    }
}
