using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Fed.Bench.Kernels;

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
    /// <exception cref="InvalidOperationException">Nothing matches, or a benchmark failed; the message says which and
    /// why.</exception>
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
