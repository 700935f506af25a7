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
        ("kernels", "One block of 8,192 values, one thread, by BenchmarkDotNet (a short job): least nanoseconds, "
            + "and `ratio` to the baseline's; below 1 is faster. `allocatedBytes` are of the managed heap, for one "
            + "block. Sparse codecs and encoders have baselines that do less than they: pairs unpacked before, and a "
            + "copy."),
        ("memory", "Peak resident memory, in 10^6 bytes, of a fresh process that folds so many float32 updates and "
            + "writes the next model."),
        ("communication", "Size of an encoded update of the shipped task's model, and accuracy on held-out content after "
            + "the same rounds; points below float32's are the mean over the seeds, with its standard error."),
        ("ingest", "Acknowledged updates over loopback HTTP, bytes and ledger entry on the disk, senders and silo on the "
            + "same processors; 4 clusters of 512 participants, K = 64, folds and versions included. `ratioToDiscard`: to "
            + "the rate of an endpoint of the same server that discards the same bodies, in turns with it."),
        ("rollback", "Orders to go back by one version while 8 participants of two clusters submit 64 KB updates without a "
            + "pause: milliseconds until the answer, and until every cluster has adopted the restored version."),
        ("peers", "20 updates of 5M parameters; processor seconds on one thread, and seconds by the clock on all (the "
            + "peers' kernels have one thread); extra memory in bytes, result included. The peers' kernels are in numpy, from their published formulas, without their "
            + "unpacking; their results are ours to a step of the grid, and numpy is as Debian has it, with whatever "
            + "BLAS that brings to Krum's products. f and the trimmed share are a fifth."),
    ];

    public static Command Create()
    {
        var output = new Option<FileInfo>("--output")
        {
            Description = "the file that is written; default: docs/benchmarks.md of the repository around this folder",
            HelpName = "FILE",
        };
        var command = new Command("report", "run the benchmarks and write docs/benchmarks.md")
        {
            output,
        };
        command.SetAction(parsed => Run(parsed.GetValue(output)?.FullName ?? Repository.Path("docs", "benchmarks.md")));
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
}
