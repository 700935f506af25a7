using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Fed.Core.Aggregation;
using Fed.Core.Blocks;
using Fed.Core.IO;
using Fed.Core.Optimizers;

namespace Fed.Bench.Memory;

/// <summary>The process that is measured: folds the update files and writes the next model, as a fold worker
/// does.</summary>
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
        Console.WriteLine(JsonSerializer.Serialize(figure with { PeakRssMb = Math.Round(PeakMb(), 1), Seconds = seconds }));
    }

    /// <summary>VmHWM of this process, in 10^6 bytes.</summary>
    private static double PeakMb()
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return long.Parse(words[1], CultureInfo.InvariantCulture) * 1024e-6;
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
