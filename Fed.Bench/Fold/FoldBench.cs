using System.Diagnostics;
using Fed.Core.Aggregation;

namespace Fed.Bench.Fold;

/// <summary>Folds K updates of D parameters with every codec, beside streaming read and axpy of the same
/// process.</summary>
internal sealed class FoldBench(int dimension, int updates, string[] codecs, double seconds)
{
    private static readonly Grid Grid = new(22, 8f);

    public static readonly string[] Codecs =
        ["float32", "float16", "bfloat16", "int8", "int4", "sign", "topk:0.01", "ternary:0.01", "ternary:0.0025"];

    public IEnumerable<FoldFigure> Run()
    {
        var machine = new MachineSpeed(dimension);
        var vectors = Enumerable.Range(1, 2).Select(seed => FoldInputs.Vector(dimension, seed)).ToArray();
        foreach (var codec in codecs)
        {
            var files = FoldInputs.Encode(codec, vectors, updates);
            var bytes = files.Sum(file => file.LongLength);
            var inputs = FoldInputs.Open(files);
            foreach (var threads in new[] { 1, 2 })
            {
                // The three in turn, so that a busy moment of the machine does not fall on one of them alone.
                var (fold, read, axpy) = Best(
                    threads, () => Fold(inputs, threads), () => machine.Read(threads), () => machine.Axpy(threads));
                yield return new FoldFigure(
                    codec,
                    dimension,
                    updates,
                    threads,
                    fold,
                    bytes,
                    bytes / fold * 1e-9,
                    machine.Bytes / read * 1e-9,
                    machine.Bytes / axpy * 1e-9);
            }
        }
    }

    private static void Fold(FoldInput[] inputs, int threads)
    {
        var folds = Enumerable.Range(0, threads).Select(_ => new BlockFold(inputs, Grid)).ToArray();
        var ranges = BlockRange.Split(folds[0].BlockCount, threads);
        Threads.Run(threads, thread =>
        {
            var fold = folds[thread];
            var sums = new long[fold.BlockLength];
            for (var block = ranges[thread].First; block < ranges[thread].End; block++)
                fold.Sum(block, sums.AsSpan(0, fold.LengthOf(block)));
        });
    }

    /// <summary>
    /// The least time of each over rounds of all three, for noise only ever adds; after rounds that let the JIT finish.
    /// </summary>
    private (double Fold, double Read, double Axpy) Best(int threads, Action fold, Action read, Action axpy)
    {
        var best = (Fold: double.PositiveInfinity, Read: double.PositiveInfinity, Axpy: double.PositiveInfinity);
        var start = Stopwatch.GetTimestamp();
        var measured = 0;
        while (measured < 3 || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            var round = (Fold: Measure.Processor(fold), Read: Measure.Processor(read), Axpy: Measure.Processor(axpy));
            if (measured++ == 0 || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds / 3)
                continue;
            best.Fold = Math.Min(best.Fold, round.Fold / threads);
            best.Read = Math.Min(best.Read, round.Read / threads);
            best.Axpy = Math.Min(best.Axpy, round.Axpy / threads);
        }

        return best;
    }
}
