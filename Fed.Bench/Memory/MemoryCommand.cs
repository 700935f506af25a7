using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Fed.Bench.Memory;

/// <summary><c>fed bench memory</c>: what a fold of large models needs, each in a fresh process.</summary>
internal static class MemoryCommand
{
    private const string ChildName = "memory-child";
    private static readonly int[] Updates = [4, 16, 64];

    public static Command Create()
    {
        var json = JsonFile.Option();
        var full = new Option<bool>("--full")
        {
            Description = "500M parameters for each number of updates, too; else 128M for each, and 500M for the least",
        };
        var folder = new Option<DirectoryInfo>("--folder")
        {
            Description = "where the files stand while it runs, 12 bytes a parameter",
            DefaultValueFactory = _ => new DirectoryInfo(Path.GetTempPath()),
            HelpName = "FOLDER",
        };
        var command = new Command("memory", "peak memory of folding 4, 16 and 64 updates, and of a larger model")
        {
            json, full, folder,
        };
        command.SetAction(parsed =>
            Run(parsed.GetValue(full), parsed.GetValue(folder)!.FullName, parsed.GetValue(json)));
        return command;
    }

    /// <summary>What the fresh processes run.</summary>
    public static Command CreateChild()
    {
        var folder = new Argument<string>("folder");
        var updates = new Argument<int>("updates");
        var command = new Command(ChildName) { folder, updates };
        command.Hidden = true;
        command.SetAction(parsed => FoldChild.Run(parsed.GetValue(folder)!, parsed.GetValue(updates)));
        return command;
    }

    private static void Run(bool full, string folder, FileInfo? json)
    {
        Console.WriteLine($"{"parameters",12}{"updates",9}{"peak MB",10}{"seconds",9}");
        List<MemoryFigure> rows =
        [
            .. Measured(folder, 128_000_000, Updates),
            .. Measured(folder, 500_000_000, full ? Updates : Updates[..1]),
        ];
        JsonFile.Write(json, new { rows });
    }

    private static IEnumerable<MemoryFigure> Measured(string folder, long dimension, int[] updates)
    {
        using var files = new ScratchFiles(folder, dimension, updates.Max());
        foreach (var count in updates)
        {
            var line = ChildBench.Run(
                [ChildName, files.Folder, count.ToString(CultureInfo.InvariantCulture)], capture: true);
            var row = JsonSerializer.Deserialize<MemoryFigure>(line)
                ?? throw new InvalidDataException($"the measured process printed '{line}'");
            Console.WriteLine($"{row.Params,12}{row.Updates,9}{row.PeakRssMb,10:0.0}{row.Seconds,9:0.0}");
            yield return row;
        }
    }
}
