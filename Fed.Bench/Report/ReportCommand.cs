using System.CommandLine;
using System.Text;
using System.Text.Json;

namespace Fed.Bench.Report;

/// <summary><c>fed bench report</c>: runs the benchmarks and writes their figures to docs/benchmarks.md.</summary>
internal static class ReportCommand
{
    private static readonly (string Name, string Says)[] Benches =
    [
        ("fold", "Update bytes folded beside a streaming read and y += a x of the same process. GB are 10^9 bytes; "
            + "seconds are processor seconds / threads."),
        ("exact", "Every shuffle is folded by trees of depth 1, 2 and 3 on 1 and 2 threads: `distinctHashes` models "
            + "come of it. `costRatio` is the time of our fold / that of a plain float32 sum."),
        ("memory", "Peak resident memory, in 10^6 bytes, of a fresh process that folds so many float32 updates and "
            + "writes the next model."),
        ("peers", "Processor seconds on one thread, 20 updates of 5M parameters; extra memory in bytes, result "
            + "included. The peers' kernels are in numpy, from their published formulas, without their unpacking."),
    ];

    public static Command Create()
    {
        var output = new Option<FileInfo>("--output")
        {
            Description = "the file that is written; default: docs/benchmarks.md of the repository around this folder",
            HelpName = "FILE",
        };
        var command = new Command("report", "run the benchmarks of aggregation and write docs/benchmarks.md")
        {
            output,
        };
        command.SetAction(parsed => Run(parsed.GetValue(output)?.FullName ?? DefaultOutput()));
        return command;
    }

    private static void Run(string output)
    {
        var text = new StringBuilder(
            $"# Benchmarks\n\nWritten by `./fed bench report`, not by hand, on: {MachineDescription.Text()}.\n\n");
        foreach (var (name, says) in Benches)
        {
            Console.WriteLine($"== {name}");
            text.Append($"## `./fed bench {name}`\n\n{says}\n\n");
            JsonTables.Write(Figures(name), text);
        }

        File.WriteAllText(output, text.ToString().TrimEnd('\n') + "\n");
        Console.WriteLine($"written: {output}");
    }

    /// <summary>The JSON of a benchmark, run in a process of its own so that none warms or crowds the next.</summary>
    private static JsonElement Figures(string name)
    {
        var json = Path.GetTempFileName();
        try
        {
            ChildBench.Run([name, "--json", json], capture: false);
            using var document = JsonDocument.Parse(File.ReadAllText(json));
            return document.RootElement.Clone();
        }
        finally
        {
            File.Delete(json);
        }
    }

    private static string DefaultOutput()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FedHier.sln")))
                return Path.Combine(folder.FullName, "docs", "benchmarks.md");
        }

        throw new IOException(
            $"{Environment.CurrentDirectory} is in no copy of FedHier's repository: name the file with --output");
    }
}
