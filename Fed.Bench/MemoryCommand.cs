using System.Buffers.Binary;
using System.CommandLine;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Json;
using Fed.Core.Aggregation;
using Fed.Core.Blocks;
using Fed.Core.Codecs;
using Fed.Core.IO;
using Fed.Core.Optimizers;

namespace Fed.Bench;

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

/// <summary>One line of <c>fed bench memory</c>.</summary>
/// <param name="Params">D, parameters of the model.</param>
/// <param name="Updates">K, float32 update files of 4 D bytes that one process folded.</param>
/// <param name="PeakRssMb">VmHWM of that process: the most memory it ever had resident, in 10^6 bytes.</param>
/// <param name="Seconds">By the clock, for the fold and the next model's file.</param>
internal sealed record MemoryFigure(long Params, int Updates, double PeakRssMb, double Seconds);

/// <summary>
/// The process that is measured: folds the update files and writes the next model, as a fold worker does.
/// </summary>
internal static class FoldChild
{
    /// <summary>Prints one line of JSON: the figure.</summary>
    public static void Run(string folder, int updates)
    {
        var figure = new MemoryFigure(0, updates, 0, 0);
        var readers = Enumerable.Range(0, updates)
            .Select(i => new FileReader(ScratchFiles.UpdatePath(folder, i))).ToArray();
        var (seconds, _) = Measure.Both(() => figure = figure with { Params = Fold(readers, folder) });
        foreach (var reader in readers)
            reader.Dispose();
        var peak = Measure.MemoryMb(Environment.ProcessId, "VmHWM");
        Console.WriteLine(JsonSerializer.Serialize(figure with { PeakRssMb = peak, Seconds = seconds }));
    }

    private static long Fold(FileReader[] files, string folder)
    {
        var grid = new Grid(22, 8f);
        var inputs = files.Select((file, i) => new FoldInput(new BlockFileReader(file), 25_600 + i)).ToArray();
        var fold = new BlockFold(inputs, grid);
        var step = new ModelStep(grid, inputs.Sum(input => input.Factor), new PlainStep(1), fold.BlockLength);
        var sums = new long[fold.BlockLength];
        var parameters = new float[fold.BlockLength];
        using var model = new FileReader(ScratchFiles.ModelPath(folder));
        using var next = File.Create(ScratchFiles.NextPath(folder));
        for (var block = 0; block < fold.BlockCount; block++)
        {
            var length = fold.LengthOf(block);
            fold.Sum(block, sums.AsSpan(0, length));
            var part = parameters.AsSpan(0, length);
            model.Read((long)block * fold.BlockLength * sizeof(float), MemoryMarshal.AsBytes(part));
            step.Apply(sums.AsSpan(0, length), part, [], []);
            next.Write(MemoryMarshal.AsBytes(part));
        }

        return fold.Dimension;
    }
}

/// <summary>
/// K float32 update files and a base model of one dimension in a folder that is deleted at the end. The updates are K
/// names of one file, so that the disk holds D values, not K D; each name is opened and read by itself.
/// </summary>
internal sealed class ScratchFiles : IDisposable
{
    /// <summary>Different blocks: the file repeats them.</summary>
    private const int Pattern = 64;

    private static readonly string Name = new('a', 64);
    private readonly string _folder;

    /// <exception cref="IOException">Too little room; the message says how much is needed.</exception>
    public ScratchFiles(string parent, long dimension, int most)
    {
        // The update, the model, the next model; a sparse base model where the file system has holes.
        var needed = 3 * dimension * sizeof(float) + (1L << 30);
        var free = new DriveInfo(Path.GetFullPath(parent)).AvailableFreeSpace;
        if (free < needed)
        {
            throw new IOException(
                $"{parent} has {free * 1e-9:0.0} GB free; this run needs {needed * 1e-9:0.0}: "
                + "name a roomier one with --folder");
        }

        _folder = Directory.CreateDirectory(Path.Combine(parent, $"fed-bench-{Environment.ProcessId}")).FullName;
        var update = Path.Combine(_folder, "update");
        WriteUpdate(update, dimension);
        for (var i = 0; i < most; i++)
            File.CreateSymbolicLink(UpdatePath(_folder, i), update);
        using var model = File.Create(ModelPath(_folder));
        model.SetLength(dimension * sizeof(float));
    }

    public string Folder => _folder;

    public static string UpdatePath(string folder, int i) => Path.Combine(folder, $"update-{i}");

    public static string ModelPath(string folder) => Path.Combine(folder, "model");

    public static string NextPath(string folder) => Path.Combine(folder, "next");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void WriteUpdate(string path, long dimension)
    {
        var header = new BlockFileHeader(
            BlockFileKind.Update,
            BlockCodecs.ByName("float32").Id,
            BlockFileHeader.StandardBlockLength,
            dimension,
            Weight: 100,
            Count: 1,
            Name,
            Name);
        var values = FoldInputs.Vector(Pattern * header.BlockLength, seed: 1).AsSpan();
        var entries = new BlockIndexEntry[Pattern];
        for (var i = 0; i < Pattern; i++)
            entries[i] = BlockIndexEntry.Of(Bytes(values, i, header.BlockLength));
        var index = new byte[(long)header.BlockCount * BlockFileHeader.IndexEntrySize];
        for (var block = 0; block < header.BlockCount; block++)
        {
            var length = header.LengthOf(block);
            var entry = length == header.BlockLength
                ? entries[block % Pattern]
                : BlockIndexEntry.Of(Bytes(values, block, length));
            entry.Write(index.AsSpan(block * BlockFileHeader.IndexEntrySize));
        }

        using var file = File.Create(path);
        file.Write(Sealed(header, index));
        file.Write(index);
        for (var block = 0; block < header.BlockCount; block++)
            file.Write(Bytes(values, block, header.LengthOf(block)));
    }

    private static ReadOnlySpan<byte> Bytes(ReadOnlySpan<float> values, int block, int length) =>
        MemoryMarshal.AsBytes(values.Slice(block % Pattern * BlockFileHeader.StandardBlockLength, length));

    private static byte[] Sealed(BlockFileHeader header, ReadOnlySpan<byte> index)
    {
        var head = new byte[BlockFileHeader.Size];
        header.Write(head);
        var hash = new XxHash3();
        hash.Append(head.AsSpan(0, BlockFileHeader.HashedSize));
        hash.Append(index);
        BinaryPrimitives.WriteUInt64LittleEndian(
            head.AsSpan(BlockFileHeader.HashedSize), hash.GetCurrentHashAsUInt64());
        return head;
    }
}
