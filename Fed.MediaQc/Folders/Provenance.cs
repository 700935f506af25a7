using System.Text;
using System.Text.Json;
using Fed.MediaQc.Files;

namespace Fed.MediaQc.Folders;

/// <summary>A file that samples were made of.</summary>
/// <param name="Id">As the .fqc files name it.</param>
/// <param name="Package">Debian package that installs it.</param>
/// <param name="Path">Path below the root.</param>
/// <param name="Author">Whom to credit.</param>
/// <param name="Licence">As the package's copyright file gives it.</param>
/// <param name="Part">The house that has it, or <see cref="Provenance.Test"/>.</param>
public sealed record UsedSource(
    string Id, string Package, string Path, string Author, string Licence, string Part);

/// <summary>Says where every sample comes from, under which licence, and what was done to it.</summary>
/// <param name="Title">Heading of the text.</param>
/// <param name="About">What was made of the sources; Markdown.</param>
/// <param name="Seed">Of the whole set.</param>
/// <param name="Houses">Name of each participant, and what to say of it; Markdown.</param>
/// <param name="Sources">Every source that a part has.</param>
internal sealed record Provenance(
    string Title,
    string About,
    int Seed,
    IReadOnlyList<(string Name, string About)> Houses,
    IReadOnlyList<UsedSource> Sources)
{
    /// <summary>Name of the held-out part.</summary>
    public const string Test = "test";

    /// <summary>Settings as Markdown shows them.</summary>
    public static string Code(IEnumerable<string> settings) => string.Join(", ", settings.Select(s => $"`{s}`"));

    /// <summary>For people: PROVENANCE.md.</summary>
    public string ToText()
    {
        var text = new StringBuilder()
            .AppendLine($"# {Title}")
            .AppendLine()
            .AppendLine(About)
            .AppendLine()
            .AppendLine(FormattableString.Invariant(
                $"Seed {Seed}. Content of the held-out part occurs in no participant's part."))
            .AppendLine();
        foreach (var (name, about) in Houses.Append((Test, "")))
        {
            text.AppendLine(name == Test ? "## Held out (test/)" : $"## {name}").AppendLine();
            if (about.Length > 0)
                text.AppendLine(about).AppendLine();
            text.AppendLine("| source | author | licence | package | file |").AppendLine("|---|---|---|---|---|");
            foreach (var source in Sources.Where(source => source.Part == name))
            {
                text.AppendLine(
                    $"| {source.Id} | {source.Author} | {source.Licence} | {source.Package} | {source.Path} |");
            }

            text.AppendLine();
        }

        return text.ToString();
    }

    /// <summary>
    /// For machines: provenance.json, each source with its licence, its part (a house or test) and its number of
    /// samples in each file.
    /// </summary>
    public string ToIndex(string folder, TaskDescription task)
    {
        var files = task.Participants
            .SelectMany(
                house => new[] { "train", "validation" }, (house, part) => $"participants/{house.Name}/{part}.fqc")
            .Concat(task.Clusters.Select(cluster => $"test/{cluster}.fqc"))
            .Select(file => new { file, sources = CountBySource(Path.Combine(folder, file)) });
        return JsonSerializer.Serialize(new { seed = Seed, sources = Sources, files }, Json);
    }

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static Dictionary<string, int> CountBySource(string path)
    {
        var set = FqcFile.Read(path);
        return set.SourceIndices
            .GroupBy(index => set.Sources[index])
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Count());
    }
}
