using System.CommandLine;
using Fed.Cli.Commands;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Spectre.Console;

namespace Fed.Cli.Data;

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
            Print(
                Path.GetFileName(Path.GetFullPath(directory)),
                [
                    .. new[] { "train", "validation" }.Select(part =>
                        (part, FqcFile.Read(Path.Combine(directory, part + ".fqc")))),
                ]);
            return;
        }

        var folder = DataFolder.Open(directory);
        var names = folder.Participants
            .SelectMany(participant => new[] { "train", "validation" }, (participant, part) =>
                $"{participant.Name} ({participant.Cluster}) {part}")
            .Concat(folder.Clusters.Select(key => $"test {key}"));
        Print(folder.Task.Name, [.. names.Zip(folder.ReadAll(), (name, read) => (name, read.Patches))]);
    }

    private static void Print(string title, IReadOnlyList<(string Name, PatchSet Set)> parts)
    {
        var table = new Table().Title(title).AddColumn("part").AddColumn("patches").AddColumn("sources");
        foreach (var label in parts[0].Set.Classes)
            table.AddColumn(label);
        foreach (var (name, set) in parts)
        {
            var counts = set.CountByClass().Select(count => $"{count}");
            table.AddRow([name, $"{set.Count}", $"{set.Sources.Count}", .. counts]);
        }

        var screen = Screen.Create();
        screen.Write(table);
        screen.WriteLine($"{parts.Sum(part => part.Set.Count)} patches, every checksum is right");
    }
}
