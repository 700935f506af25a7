using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;
using Fed.Core.Aggregation;
using Fed.Core.Optimizers;
using Fed.Core.Robust;

namespace Fed.Bench;

/// <summary><c>fed bench peers</c>: our aggregation against the kernels of the peers.</summary>
internal static class PeersCommand
{
    public static Command Create()
    {
        var json = JsonFile.Option();
        var full = new Option<bool>("--full") { Description = "25M parameters, 10 s a kernel; else 5M, 2 s" };
        var command = new Command("peers", "mean, median, trimmed mean, Krum beside the peers' (needs python3-numpy)")
        {
            json, full,
        };
        command.SetAction(parsed => Run(parsed.GetValue(full), parsed.GetValue(json)));
        return command;
    }

    private static void Run(bool full, FileInfo? json)
    {
        Console.WriteLine(
            $"{"kernel",-16}{"threads",8}{"ours, s",10}{"peer, s",10}{"speedup",9}{"ours, MB",10}{"peer, MB",10}");
        var (dimension, seconds) = full ? (25_000_000, 10) : (5_000_000, 2);
        var rows = PeerBench.Run(dimension, seconds, Path.GetTempPath());
        foreach (var row in rows)
        {
            Console.WriteLine(
                $"{row.Kernel,-16}{row.Threads,8}{row.Ours,10:0.0000}{row.Peer,10:0.0000}{row.Speedup,9:0.00}"
                + $"{row.ExtraMemoryOurs * 1e-6,10:0.0}{row.ExtraMemoryPeer * 1e-6,10:0.0}");
        }

        JsonFile.Write(json, new { rows });
    }
}

/// <summary>One line of <c>fed bench peers</c>, on the same updates.</summary>
/// <param name="Kernel">For example <c>mean-flower</c>.</param>
/// <param name="Threads">
/// Ours; the peers' kernels have one. 1: both figures are processor seconds. More: both are seconds by the clock.
/// </param>
/// <param name="Ours">Seconds from update files, checked, to the next model.</param>
/// <param name="Peer">Seconds from float32 arrays to float32 arrays.</param>
/// <param name="ExtraMemoryOurs">Bytes allocated beyond the input, result included.</param>
/// <param name="ExtraMemoryPeer">The most bytes at one time beyond the input, result included.</param>
internal sealed record PeerFigure(
    string Kernel, int Threads, double Ours, double Peer, long ExtraMemoryOurs, long ExtraMemoryPeer)
{
    public double Speedup => Peer / Ours;
}

/// <summary>Our fold to the next model beside the peers' kernels, on the same K vectors, to the same result.</summary>
internal static class PeerBench
{
    private const int Updates = 20;

    /// <summary>Of the first update; each further one has one more.</summary>
    private const int Examples = 100;

    private static readonly Grid Grid = new(22, 8f);

    /// <summary>The peers' kernels, and our rule beside each; f and the cut are a fifth.</summary>
    private static readonly (string Kernel, string Rule)[] Kernels =
    [
        ("mean-flower", RobustRules.Mean),
        ("mean-nvflare", RobustRules.Mean),
        ("median", "median"),
        ("trimmed-mean", $"trimmed-mean:{Updates / 5}"),
        ("krum", $"krum:{Updates / 5}"),
    ];

    /// <exception cref="InvalidOperationException">The peers' kernels did not run, or a result of theirs is
    /// not ours.</exception>
    public static PeerFigure[] Run(int dimension, double seconds, string parent)
    {
        var name = Path.Combine(parent, $"fed-bench-peers-{Environment.ProcessId}");
        var folder = Directory.CreateDirectory(name).FullName;
        try
        {
            var data = Path.Combine(folder, "updates");
            var inputs = Inputs(dimension, data);
            var rules = Kernels.Select(kernel => kernel.Rule).Distinct().ToList();
            var ours = rules.ToDictionary(rule => rule, rule => Measured(inputs, rule, 1, seconds));
            var all = rules.ToDictionary(
                rule => rule, rule => Measured(inputs, rule, Environment.ProcessorCount, seconds));
            var peers = PeerScript.Run(data, Updates, seconds, folder, [.. Kernels.Select(kernel => kernel.Kernel)]);
            foreach (var (kernel, rule) in Kernels)
            {
                if (!ours[rule].Model.AsSpan().SequenceEqual(all[rule].Model))
                    throw new InvalidOperationException($"{rule}: the model depends on the number of threads");
                RequireSame(kernel, ours[rule].Model, File.ReadAllBytes(Path.Combine(folder, kernel)));
            }

            return
            [
                .. Kernels.Select(kernel => Figure(kernel.Kernel, 1, ours[kernel.Rule], peers[kernel.Kernel].Seconds)),
                .. Kernels.Select(kernel => Figure(
                    kernel.Kernel,
                    Environment.ProcessorCount,
                    all[kernel.Rule],
                    peers[kernel.Kernel].ClockSeconds)),
            ];

            PeerFigure Figure(string kernel, int threads, Measurement mine, double peer) =>
                new(kernel, threads, mine.Seconds, peer, mine.ExtraMemory, peers[kernel].ExtraMemory);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Update files in memory; their vectors go to <paramref name="data"/> for the peers.</summary>
    private static FoldInput[] Inputs(int dimension, string data)
    {
        var files = new byte[Updates][];
        using var stream = File.Create(data);
        for (var i = 0; i < Updates; i++)
        {
            var vector = FoldInputs.Vector(dimension, seed: i + 1);
            // Update 7 is the smallest, hence the nearest to all others: no rounding decides which one Krum takes.
            TensorPrimitives.Multiply(vector, 1 + 0.05f * Math.Abs(i - 7), vector);
            stream.Write(MemoryMarshal.AsBytes(vector.AsSpan()));
            files[i] = FoldInputs.Encode("float32", [vector], 1)[0];
        }

        return
        [
            .. FoldInputs.Open(files).Select((input, i) => input with { Factor = (Examples + i) * IntegerWeight.One }),
        ];
    }

    private static Measurement Measured(FoldInput[] inputs, string rule, int threads, double seconds)
    {
        // The step is in place, so one model serves all rounds; numpy's allocator gives the same pages again, too.
        var model = new float[inputs[0].File.Header.Dimension];
        var best = Best(() => Step(inputs, rule, threads, model), seconds, clock: threads > 1);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Step(inputs, rule, threads, model);
        var extra = GC.GetTotalAllocatedBytes(precise: true) - before + (long)model.Length * sizeof(float);
        return new Measurement(best, extra, model);
    }

    /// <summary>The aggregate is added to a model that is all zero; each thread has its range of blocks.</summary>
    private static void Step(FoldInput[] inputs, string text, int threads, float[] model)
    {
        IBlockFold first = RobustRules.Parse(text) is { } rule
            ? RobustFold.Open([.. inputs.Select(Judged)], Grid, rule, threads: threads)
            : new BlockFold(inputs, Grid);
        var ranges = BlockRange.Split(first.BlockCount, threads);
        Threads.Run(threads, i => Step(i == 0 ? first : first.Twin(), ranges[i], inputs, model));
    }

    private static void Step(IBlockFold fold, BlockRange range, FoldInput[] inputs, float[] model)
    {
        var step = new ModelStep(Grid, inputs.Sum(input => input.Factor), new PlainStep(1), fold.BlockLength);
        var sums = new long[fold.BlockLength];
        for (var block = range.First; block < range.End; block++)
        {
            var part = sums.AsSpan(0, fold.LengthOf(block));
            var parameters = model.AsSpan(block * fold.BlockLength, part.Length);
            fold.Sum(block, part);
            parameters.Clear();
            step.Apply(part, parameters, [], []);
        }
    }

    private static RobustInput Judged(FoldInput input, int i) =>
        new(input.File, i.ToString("x64", CultureInfo.InvariantCulture), input.Factor, input.Factor);

    /// <summary>Ours are rounded to the grid, theirs to float32: they may differ by a step of the grid.</summary>
    private static void RequireSame(string kernel, ReadOnlySpan<float> ours, byte[] bytes)
    {
        var peer = MemoryMarshal.Cast<byte, float>(bytes);
        if (ours.Length != peer.Length)
            throw new InvalidOperationException($"{kernel}: {ours.Length} values, the peer has {peer.Length}");
        for (var i = 0; i < ours.Length; i++)
        {
            if (!(Math.Abs((double)ours[i] - peer[i]) <= Grid.Step))
                throw new InvalidOperationException($"{kernel}: value {i} is {ours[i]}, the peer's is {peer[i]}");
        }
    }

    /// <summary>Least seconds of a call: by the clock, or processor seconds.</summary>
    private static double Best(Action action, double seconds, bool clock)
    {
        var best = double.PositiveInfinity;
        var start = Stopwatch.GetTimestamp();
        for (var rounds = 0; rounds < 3 || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds; rounds++)
        {
            var took = Measure.Both(action);
            best = Math.Min(best, clock ? took.Clock : took.Processor);
        }

        return best;
    }

    private sealed record Measurement(double Seconds, long ExtraMemory, float[] Model);
}

/// <summary>Runs <c>peers/peers.py</c>.</summary>
internal static class PeerScript
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    /// <param name="Seconds">Processor seconds of one call.</param>
    /// <param name="ClockSeconds">Seconds of one call by the clock.</param>
    /// <param name="ExtraMemory">Bytes beyond the input.</param>
    public sealed record Result(double Seconds, double ClockSeconds, long ExtraMemory);

    /// <param name="data">K vectors of float32.</param>
    /// <param name="folder">Gets a file of float32 a kernel, its result.</param>
    /// <exception cref="InvalidOperationException">No Python, no numpy, or the script failed.</exception>
    public static Dictionary<string, Result> Run(
        string data, int updates, double seconds, string folder, string[] kernels)
    {
        var start = new ProcessStartInfo("/usr/bin/python3")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "peers", "peers.py"),
            data,
            updates.ToString(CultureInfo.InvariantCulture),
            seconds.ToString(CultureInfo.InvariantCulture),
            folder,
            .. kernels,
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var python = Start(start);
        var errors = python.StandardError.ReadToEndAsync();
        var output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        if (python.ExitCode != 0)
            throw new InvalidOperationException($"the peers' kernels did not run: {errors.Result.Trim()}");
        return JsonSerializer.Deserialize<Dictionary<string, Result>>(output, Format)
            ?? throw new InvalidOperationException($"the peers' kernels printed '{output}'");
    }

    private static Process Start(ProcessStartInfo start)
    {
        const string Remedy = "install it with apt-get install python3-numpy";
        try
        {
            return Process.Start(start)
                ?? throw new InvalidOperationException($"{start.FileName} did not start; {Remedy}");
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException($"{start.FileName} did not start ({error.Message}); {Remedy}", error);
        }
    }
}
