using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Fed.Bench;

/// <summary><c>fed bench report</c>: runs the benchmarks and writes their figures to docs/benchmarks.md.</summary>
internal static class ReportCommand
{
    private static readonly (string Name, string Says)[] Benches =
    [
        ("fold", "Update bytes folded beside a streaming read and y += a x of the same process. GB are 10^9 bytes; "
            + "seconds are processor seconds / threads."),
        ("exact", "Every shuffle is folded by trees of depth 1, 2 and 3 on 1 and 2 threads: `distinctHashes` models "
            + "come of it. `costRatio` is the time of our fold / that of a plain float32 sum."),
        ("kernels", "One block of 8,192 values, one thread, by BenchmarkDotNet (a short job): least nanoseconds, and "
            + "`ratio` to the baseline's; below 1 is faster. `allocatedBytes` are of the managed heap, for one block. "
            + "Sparse codecs and encoders have baselines that do less than they: pairs unpacked before, and a copy."),
        ("memory", "Peak resident memory, in 10^6 bytes, of a fresh process that folds so many float32 updates and "
            + "writes the next model."),
        ("communication", "Size of an encoded update of the shipped task's model, and accuracy on held-out content "
            + "after the same rounds; points below float32's are the mean over the seeds, with its standard error."),
        ("ingest", "Acknowledged updates over loopback HTTP, bytes and ledger entry on the disk, senders and silo on "
            + "the same processors; 4 clusters of 512 participants, K = 64, folds and versions included. "
            + "`ratioToDiscard`: to the rate of an endpoint of the same server that discards the same bodies, in "
            + "turns with it."),
        ("rollback", "Orders to go back by one version while 8 participants of two clusters submit 64 KB updates "
            + "without a pause: milliseconds until the answer, and until every cluster has adopted the restored "
            + "version."),
        ("scan", "`fed qc scan` with all checks of its default profile beside ffmpeg that decodes the same film to "
            + "nowhere, in turns, medians, seconds by the clock."),
        ("transport", "One update after another to a silo process with its data on the disk, over HTTP and from an "
            + "Orleans client, in chunks: by the clock from opening the file until it is durable and acknowledged; "
            + "processor seconds of one update; memory in 10^6 bytes."),
        ("round", "A synchronous round in which nobody trains, over loopback HTTP, participants and silo on the same "
            + "processors, data on the disk: all download the model, send their updates and wait for the next task. "
            + "`secondsPerRound` is the median of ten rounds after two; processor seconds of the silo; memory in 10^6 "
            + "bytes, the most since its start. With 4 x 50M half of the processor time is the kernel's (a fifth of "
            + "all for copies into the page cache, an eighth for the socket), a seventh SHA-256, a fifth the runtime "
            + "with its JIT; fsync waits for what is left to write. Ten rounds of a small model do not warm a "
            + "silo: its JIT goes on all the while."),
        ("peers", "20 updates of 5M parameters; processor seconds on one thread, and seconds by the clock on all (the "
            + "peers' kernels have one thread); extra memory in bytes, result included. The peers' kernels are in "
            + "numpy, from their published formulas, without their unpacking; their results are ours to a step of the "
            + "grid, and numpy is as Debian has it, with whatever BLAS that brings to Krum's products. f and the "
            + "trimmed share are a fifth."),
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

/// <summary>A benchmark's JSON as Markdown tables: one for each array, or one for single figures.</summary>
internal static class JsonTables
{
    public static void Write(JsonElement figures, StringBuilder text)
    {
        var arrays = figures.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Array).ToArray();
        foreach (var array in arrays)
            Table([.. array.Value.EnumerateArray()], text);
        if (arrays.Length == 0)
            Table([figures], text);
    }

    private static void Table(JsonElement[] rows, StringBuilder text)
    {
        if (rows.Length == 0)
            return;
        var names = rows[0].EnumerateObject().Select(member => member.Name).ToArray();
        Line(names, text);
        Line(names.Select(name => rows[0].GetProperty(name).ValueKind == JsonValueKind.Number ? "-:" : "-"), text);
        foreach (var row in rows)
            Line(names.Select(name => Cell(row.GetProperty(name))), text);
        text.Append('\n');
    }

    private static void Line(IEnumerable<string> cells, StringBuilder text) =>
        text.Append('|').AppendJoin('|', cells).Append("|\n");

    /// <summary>Whole numbers as they are, others to three significant digits.</summary>
    private static string Cell(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number)
            return value.ToString();
        if (value.TryGetInt64(out var whole))
            return whole.ToString(CultureInfo.InvariantCulture);
        var number = value.GetDouble();
        var digits = number == 0 ? 0 : Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(number))), 0, 9);
        return number.ToString($"F{digits}", CultureInfo.InvariantCulture);
    }
}

/// <summary>The part of a document that a benchmark writes: between two marks.</summary>
internal static class MeasuredPart
{
    private const string Begin = "<!-- measured: begin -->";
    private const string End = "<!-- measured: end -->";

    /// <param name="keepsOthers">Whether sections that the new part has not stay as they are.</param>
    /// <exception cref="IOException">The file has not the two marks that the part stands between.</exception>
    public static void Write(string path, string part, bool keepsOthers = false)
    {
        var text = File.ReadAllText(path);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
            throw new IOException($"{path} has no '{Begin}' with '{End}' after it: put them back");
        begin += Begin.Length;
        var whole = keepsOthers ? Merge(text[begin..end], part) : part;
        File.WriteAllText(path, text[..begin] + "\n" + whole + text[end..]);
        Console.WriteLine($"written: {path}");
    }

    /// <summary>The new part with the sections of the one before that it does not have, in the order before.</summary>
    internal static string Merge(string before, string part)
    {
        const string Mark = "### ";
        var sections = Sections(before);
        foreach (var (heading, section) in Sections(part))
            sections[heading] = section;
        return part.Split(Mark)[0] + string.Concat(sections.Values);

        static OrderedDictionary<string, string> Sections(string text) => new(text.Split(Mark).Skip(1)
            .Select(section => KeyValuePair.Create(section.Split('\n')[0], Mark + section.TrimEnd('\n') + "\n\n")));
    }
}

/// <summary>What the figures were measured on.</summary>
internal static class MachineDescription
{
    public static string Text()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * 1e-9;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Processor()}, {Environment.ProcessorCount} cores, {memory:0} GB of memory; "
            + $"{RuntimeInformation.OSDescription}; {RuntimeInformation.FrameworkDescription}");
    }

    private static string Processor()
    {
        const string Field = "model name";
        const string Source = "/proc/cpuinfo";
        var line = File.Exists(Source)
            ? File.ReadLines(Source).FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
