using System.CommandLine;
using System.Diagnostics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Fed.Core.Aggregation;

namespace Fed.Bench;

/// <summary><c>fed bench fold</c>: the speed of folding, codec by codec, against this machine's memory.</summary>
internal static class FoldCommand
{
    public static Command Create()
    {
        var json = JsonFile.Option();
        var dim = new Option<int>("--dim")
        {
            Description = "D, parameters of the model, 1 to 500000000",
            DefaultValueFactory = _ => 25_000_000,
        };
        Bounded(dim, 500_000_000);
        var updates = new Option<int>("--updates")
        {
            Description = "K, updates that are folded together, 1 to 10000",
            DefaultValueFactory = _ => 20,
        };
        Bounded(updates, 10_000);
        var codec = new Option<string[]>("--codec")
        {
            Description = $"measure these only; default: {string.Join(", ", FoldBench.Codecs)}",
            DefaultValueFactory = _ => FoldBench.Codecs,
            AllowMultipleArgumentsPerToken = true,
        };
        var seconds = new Option<double>("--seconds")
        {
            Description = "seconds spent on each codec and number of threads",
            DefaultValueFactory = _ => 1,
        };
        var command = new Command("fold", "GB/s of update bytes folded, beside a streaming read and y += a x")
        {
            json, dim, updates, codec, seconds,
        };
        command.SetAction(parsed => Run(
            new FoldBench(parsed.GetValue(dim),
                parsed.GetValue(updates),
                parsed.GetValue(codec)!,
                parsed.GetValue(seconds)),
            parsed.GetValue(json)));
        return command;
    }

    private static void Bounded(Option<int> option, int most) => option.Validators.Add(result =>
    {
        if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, out var value)
            && (value < 1 || value > most))
            result.AddError($"{option.Name} is {value}; it must be 1 to {most}");
    });

    private static void Run(FoldBench bench, FileInfo? json)
    {
        Console.WriteLine(
            $"{"codec",-16}{"threads",8}{"seconds",10}{"MB",9}{"GB/s",8}{"read",8}{"axpy",8}"
            + $"{"ratio",8}{"Gparam/s",10}");
        var rows = new List<FoldFigure>();
        foreach (var row in bench.Run())
        {
            rows.Add(row);
            Console.WriteLine(
                $"{row.Codec,-16}{row.Threads,8}{row.Seconds,10:0.0000}"
                + $"{row.UpdateBytes * 1e-6,9:0.0}{row.GbPerSecond,8:0.00}"
                + $"{row.ReadGbPerSecond,8:0.00}{row.AxpyGbPerSecond,8:0.00}{row.RatioToAxpy,8:0.00}"
                + $"{row.GigaParametersPerSecond,10:0.00}");
        }

        JsonFile.Write(json, new { rows });
    }
}

/// <summary>One line of <c>fed bench fold</c>. GB are 10^9 bytes.</summary>
/// <param name="Codec">As a federation's setting names it.</param>
/// <param name="Dim">D, parameters.</param>
/// <param name="Updates">K, files that are folded together.</param>
/// <param name="Seconds">One fold of all K updates: processor seconds of the process / threads, which are those of the
/// clock where the machine has nothing else to do, and hardly more where it has.</param>
/// <param name="UpdateBytes">Of the K files together.</param>
/// <param name="GbPerSecond">Bytes of update files a second, read, checked against their checksums, and added.</param>
/// <param name="ReadGbPerSecond">This machine's streaming read, as many threads.</param>
/// <param name="AxpyGbPerSecond">Bytes of x a second of y += a x in float32, as many threads: an unchecked fold that
/// takes one update after the other.</param>
internal sealed record FoldFigure(
    string Codec,
    int Dim,
    int Updates,
    int Threads,
    double Seconds,
    long UpdateBytes,
    double GbPerSecond,
    double ReadGbPerSecond,
    double AxpyGbPerSecond)
{
    public double RatioToAxpy => GbPerSecond / AxpyGbPerSecond;

    /// <summary>10^9 parameters a second: D x K / seconds.</summary>
    public double GigaParametersPerSecond => (double)Dim * Updates / Seconds * 1e-9;
}

/// <summary>
/// Folds K updates of D parameters with every codec, beside streaming read and axpy of the same process.
/// </summary>
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

/// <summary>What this machine's memory gives in plain loops: the yardsticks of a fold.</summary>
internal sealed class MachineSpeed(int dimension)
{
    private readonly float[] _x = Filled(dimension, 1e-3f);
    private readonly float[] _y = Filled(dimension, 1f);
    private readonly long[] _folded = new long[64];

    public long Bytes => (long)dimension * sizeof(float);

    /// <summary>Every byte of x once.</summary>
    public void Read(int threads) => Threads.Run(threads, thread =>
    {
        var words = MemoryMarshal.Cast<float, long>(Part(_x, threads, thread));
        ref var first = ref MemoryMarshal.GetReference(words);
        var (a, b, c, d) = (Vector256<long>.Zero, Vector256<long>.Zero, Vector256<long>.Zero, Vector256<long>.Zero);
        nuint i = 0;
        for (; i + 16 <= (nuint)words.Length; i += 16)
        {
            a ^= Vector256.LoadUnsafe(ref first, i);
            b ^= Vector256.LoadUnsafe(ref first, i + 4);
            c ^= Vector256.LoadUnsafe(ref first, i + 8);
            d ^= Vector256.LoadUnsafe(ref first, i + 12);
        }

        _folded[thread] = Vector256.Sum(a ^ b ^ c ^ d);
    });

    /// <summary>y += a x.</summary>
    public void Axpy(int threads) => Threads.Run(threads, thread =>
    {
        var y = Part(_y, threads, thread);
        TensorPrimitives.MultiplyAdd(Part(_x, threads, thread), 0.5f, y, y);
    });

    private static Span<float> Part(float[] values, int threads, int thread)
    {
        var from = (int)((long)values.Length * thread / threads);
        return values.AsSpan(from, (int)((long)values.Length * (thread + 1) / threads) - from);
    }

    private static float[] Filled(int length, float value)
    {
        var values = new float[length];
        Array.Fill(values, value);
        return values;
    }
}
