using System.Collections.Immutable;
using System.CommandLine;
using System.IO.Enumeration;
using System.Text;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Fed.Bench.Kernels;

/// <summary>
/// <c>fed bench kernels</c>: each kernel beside the plain code that it stands for, by BenchmarkDotNet.
/// </summary>
internal static class KernelsCommand
{
    public static Command Create()
    {
        var json = JsonFile.Option();
        var full = new Option<bool>("--full")
        {
            Description = "BenchmarkDotNet's default job, a quarter of an hour; else a short one, a minute",
        };
        var filter = new Option<string>("--filter")
        {
            Description = "measure only kernels with such names, and their baselines; * is any text, ? any letter",
            DefaultValueFactory = _ => "*",
            HelpName = "GLOB",
        };
        var command = new Command("kernels", "time and allocations of each kernel for one block, beside a baseline")
        {
            json, filter, full,
        };
        command.SetAction(parsed =>
            Run(parsed.GetValue(full), parsed.GetValue(filter)!, parsed.GetValue(json)));
        return command;
    }

    private static void Run(bool full, string filter, FileInfo? json)
    {
        var folder = Directory.CreateTempSubdirectory("fed-bench-");
        try
        {
            var bench = new KernelsBench(full ? KernelsBench.Full : KernelsBench.Short, folder.FullName);
            Console.WriteLine($"{"kernel",-48}{"ns a block",12}{"ratio",8}{"bytes",7}  {"baseline"}");
            var rows = new List<KernelFigure>();
            foreach (var row in bench.Run(filter, KernelGroup.Suite))
            {
                rows.Add(row);
                Console.WriteLine(
                    $"{row.Kernel,-48}{row.Nanoseconds,12:0.0}{row.Ratio,8:0.000}{row.AllocatedBytes,7}  "
                    + row.Baseline);
            }

            JsonFile.Write(json, new { rows });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

/// <summary>One line of <c>fed bench kernels</c>.</summary>
/// <param name="Kernel">Class, method and parameter, as <c>--filter</c> sees them.</param>
/// <param name="Baseline">The method that it is measured against; a baseline has a line too, of ratio 1.</param>
/// <param name="Nanoseconds">The least of the iterations, for noise only ever adds; for one block.</param>
/// <param name="Ratio">Time / the baseline's: below 1 is faster.</param>
/// <param name="AllocatedBytes">On the managed heap, for one block.</param>
internal sealed record KernelFigure(
    string Kernel, string Baseline, double Nanoseconds, double Ratio, long AllocatedBytes);

/// <summary>
/// Runs benchmarks of BenchmarkDotNet in this process: a project built for each would need its packages and sources,
/// and takes longer than the measurement.
/// </summary>
internal sealed class KernelsBench
{
    private readonly ErrorLog _errors = new();
    private readonly IConfig _config;

    /// <param name="folder">For the files that BenchmarkDotNet writes.</param>
    public KernelsBench(Job job, string folder) => _config = ManualConfig.CreateEmpty()
        .AddJob(job.WithToolchain(InProcessEmitToolchain.Instance))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .AddLogger(_errors)
        .WithArtifactsPath(folder);

    /// <summary>The whole suite within a minute.</summary>
    public static Job Short { get; } = Job.Default
        .WithId("short")
        .WithIterationTime(TimeInterval.FromMilliseconds(40))
        .WithWarmupCount(6)
        .WithIterationCount(8);

    /// <summary>As long as BenchmarkDotNet finds necessary: a quarter of an hour.</summary>
    public static Job Full { get; } = Job.Default.WithId("full");

    /// <param name="filter">May have * and ?.</param>
    /// <exception cref="InvalidOperationException">Nothing matches, or a benchmark failed; the message says which
    /// and why.</exception>
    public IEnumerable<KernelFigure> Run(string filter, IEnumerable<Type> classes) =>
        KernelGroup.Matching(filter, classes, _config).SelectMany(Run);

    private IEnumerable<KernelFigure> Run(KernelGroup group)
    {
        _errors.Clear();
        var type = group.Baseline.Descriptor.Type;
        var summary = BenchmarkRunner.Run(new BenchmarkRunInfo(
            [.. group.Cases], type, group.Baseline.Config));
        if (summary.HasCriticalValidationErrors)
        {
            var reasons = summary.ValidationErrors.Select(error => error.Message).Append(_errors.Text);
            throw new InvalidOperationException($"{type.Name} cannot be measured: {string.Join("; ", reasons)}");
        }

        var baseline = Measured(summary, group.Baseline).Least;
        foreach (var item in group.Cases)
        {
            var (least, bytes) = Measured(summary, item);
            yield return new KernelFigure(
                KernelGroup.NameOf(item),
                group.Baseline.Descriptor.WorkloadMethod.Name,
                least,
                least / baseline,
                bytes);
        }
    }

    private (double Least, long Bytes) Measured(Summary summary, BenchmarkCase item) =>
        summary[item] is { Success: true, ResultStatistics.Min: var least } report
            ? (least, AllocatedBytes(report.GcStats))
            : throw new InvalidOperationException($"{KernelGroup.NameOf(item)} failed: {_errors.Text}");

    /// <summary>The whole process is watched: a few kilobytes of all calls together are not the kernel's.</summary>
    private static long AllocatedBytes(GcStats stats) =>
        (long)Math.Round((double)stats.GetTotalAllocatedBytes(excludeAllocationQuantumSideEffects: true)!.Value
            / stats.TotalOperations);
}

/// <summary>Methods of one class with the same parameter: a baseline and what is measured against it.</summary>
internal sealed record KernelGroup(BenchmarkCase Baseline, ImmutableArray<BenchmarkCase> Cases)
{
    public static readonly ImmutableArray<Type> Suite =
    [
        typeof(AddFloat32), typeof(AddEncoded), typeof(AddSparse), typeof(FoldBlock), typeof(ReduceColumns),
        typeof(InnerProductsOfUpdates), typeof(SquaredNormOfUpdate), typeof(EncodeBlock), typeof(CheckBlock),
    ];

    /// <summary>As <c>AddEncoded.AccumulateTogether(int8)</c>.</summary>
    public static string NameOf(BenchmarkCase benchmark)
    {
        var name = $"{benchmark.Descriptor.Type.Name}.{benchmark.Descriptor.WorkloadMethod.Name}";
        return benchmark.Parameters.Count == 0
            ? name
            : $"{name}({string.Join(", ", benchmark.Parameters.Items.Select(item => item.Value))})";
    }

    /// <summary>The benchmarks whose names match, and the baseline of each.</summary>
    /// <param name="filter">May have * and ?; case does not matter.</param>
    /// <exception cref="InvalidOperationException">None matches; the message lists the names.</exception>
    public static IReadOnlyList<KernelGroup> Matching(string filter, IEnumerable<Type> classes, IConfig config)
    {
        var cases = classes
            .SelectMany(type => BenchmarkConverter.TypeToBenchmarks(type, config).BenchmarksCases)
            .ToArray();
        var chosen = cases
            .Where(item => FileSystemName.MatchesSimpleExpression(filter, NameOf(item)))
            .ToHashSet();
        if (chosen.Count == 0)
        {
            throw new InvalidOperationException(
                $"no kernel matches --filter '{filter}'; write * for any part of a name, as in '*int8*'. There are: "
                + string.Join(", ", cases.Select(NameOf)));
        }

        return
        [
            .. from item in cases
               group item by (item.Descriptor.Type, item.Parameters.DisplayInfo) into same
               where same.Any(chosen.Contains)
               let baseline = same.Single(item => item.Descriptor.Baseline)
               select new KernelGroup(
                   baseline, [baseline, .. same.Where(item => item != baseline && chosen.Contains(item))]),
        ];
    }
}

/// <summary>
/// Keeps why a benchmark failed, and nothing of what BenchmarkDotNet says else: errors, and the exceptions of the
/// benchmarks, which it logs as plain text.
/// </summary>
internal sealed class ErrorLog : ILogger
{
    /// <summary>How it begins the findings of its validators: a summary has them, and most are only advice.</summary>
    private const string Finding = "//    *";

    private readonly StringBuilder _text = new();

    public string Id => nameof(ErrorLog);

    public int Priority => 0;

    public string Text => _text.ToString().Trim();

    public void Clear() => _text.Clear();

    public void Write(LogKind logKind, string text)
    {
        if (!text.StartsWith(Finding, StringComparison.Ordinal)
            && (logKind == LogKind.Error || text.Contains(nameof(Exception), StringComparison.Ordinal)))
            _text.Append(text).Append('\n');
    }

    public void WriteLine()
    {
    }

    public void WriteLine(LogKind logKind, string text) => Write(logKind, text);

    public void Flush()
    {
    }
}
