using System.Diagnostics;
using System.Runtime.InteropServices;
using Fed.Bench.Fold;
using Fed.Core.Aggregation;
using Fed.Core.Optimizers;

namespace Fed.Bench.PeerKernels;

/// <summary>Our fold to the next model beside the peers' means, on the same K vectors.</summary>
internal static class PeerBench
{
    private const int Updates = 20;
    private static readonly Grid Grid = new(22, 8f);
    private static readonly string[] Means = ["mean-flower", "mean-nvflare"];

    public static IEnumerable<PeerFigure> Run(int dimension, double seconds, string folder)
    {
        var vectors = Enumerable.Range(1, Updates).Select(seed => FoldInputs.Vector(dimension, seed)).ToArray();
        var data = Path.Combine(folder, $"fed-bench-peers-{Environment.ProcessId}");
        try
        {
            using (var file = File.Create(data))
            {
                foreach (var vector in vectors)
                    file.Write(MemoryMarshal.AsBytes(vector.AsSpan()));
            }

            var inputs = FoldInputs.Open(FoldInputs.Encode("float32", vectors, Updates));
            var ours = Best(() => Mean(inputs), seconds);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Mean(inputs);
            var extra = GC.GetAllocatedBytesForCurrentThread() - before;
            var peers = PeerScript.Run(data, Updates, seconds, Means);
            return [.. Means.Select(kernel =>
                new PeerFigure(kernel, ours, peers[kernel].Seconds, extra, peers[kernel].ExtraMemory))];
        }
        finally
        {
            File.Delete(data);
        }
    }

    private static float[] Mean(FoldInput[] inputs)
    {
        var fold = new BlockFold(inputs, Grid);
        var model = new float[fold.Dimension];
        var step = new ModelStep(Grid, inputs.Sum(input => input.Factor), new PlainStep(1), fold.BlockLength);
        var sums = new long[fold.BlockLength];
        for (var block = 0; block < fold.BlockCount; block++)
        {
            var part = sums.AsSpan(0, fold.LengthOf(block));
            fold.Sum(block, part);
            step.Apply(part, model.AsSpan(block * fold.BlockLength, part.Length), [], []);
        }

        return model;
    }

    /// <summary>Least processor seconds of a call.</summary>
    private static double Best(Action action, double seconds)
    {
        var best = double.PositiveInfinity;
        var start = Stopwatch.GetTimestamp();
        for (var rounds = 0; rounds < 3 || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds; rounds++)
            best = Math.Min(best, Measure.Processor(action));
        return best;
    }
}
