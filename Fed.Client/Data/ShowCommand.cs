using System.CommandLine;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Spectre.Console;

namespace Fed.Client.Data;

/// <summary><c>fed data show DIR</c>: what a data folder or a participant's folder holds.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var directory = new Argument<string>("DIR") { Description = "Data folder, or one participant's folder" };
        var command = new Command("show", "Show what a data folder holds, after checking every file") { directory };
        command.SetAction((parsed, _) => DataErrors.ReportAsync(() =>
        {
            Show(parsed.GetValue(directory)!);
            return Task.FromResult(0);
        }));
        return command;
    }

    private static void Show(string directory)
    {
        if (File.Exists(Path.Combine(directory, "train.fqc")))
        {
            Print(Path.GetFileName(Path.GetFullPath(directory)), [("train", "train.fqc"), ("validation", "validation.fqc")]
                , directory);
            return;
        }

        var folder = DataFolder.Open(directory);
        var files = folder.Participants
            .SelectMany(participant => new[] { "train", "validation" }, (participant, part) => (
                $"{participant.Name} ({participant.Cluster}) {part}",
                Path.Combine("participants", participant.Name, part + ".fqc")))
            .Concat(folder.Clusters.Select(key => ($"test {key}", Path.Combine("test", key + ".fqc"))));
        Print(folder.Task.Name, [.. files], directory);
    }

    private static void Print(string title, IReadOnlyList<(string Name, string File)> files, string directory)
    {
        var table = new Table().Title(title).AddColumn("part").AddColumn("patches").AddColumn("sources");
        var total = 0;
        foreach (var (name, file) in files)
        {
            var set = FqcFile.Read(Path.Combine(directory, file));
            if (table.Columns.Count == 3)
            {
                foreach (var label in set.Classes)
                    table.AddColumn(label);
            }

            total += set.Count;
            var counts = set.CountByClass().Select(count => $"{count}");
            table.AddRow([name, $"{set.Count}", $"{set.Sources.Count}", .. counts]);
        }

        AnsiConsole.Write(table);
        AnsiConsole.MarkupLine($"{total} patches, every checksum is right");
    }
}
