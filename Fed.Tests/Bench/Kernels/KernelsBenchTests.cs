using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using Fed.Bench.Kernels;

namespace Fed.Tests.Bench.Kernels;

/// <summary>By BenchmarkDotNet itself, one call of each benchmark: what is measured does not matter here.</summary>
[Collection(AloneCollection.Name)]
public sealed class KernelsBenchTests : IDisposable
{
    private static readonly IConfig OneCall = ManualConfig.CreateEmpty().AddJob(Job.Dry);

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-tests-").FullName;

    public static TheoryData<string> Kernels =>
        new(KernelGroup.Matching("*", KernelGroup.Suite, OneCall)
            .SelectMany(group => group.Cases).Select(KernelGroup.NameOf));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Kernel_Called_AllocatesNothing(string kernel)
    {
        var item = KernelGroup.Matching(kernel, KernelGroup.Suite, OneCall).Single().Cases
            .Single(item => KernelGroup.NameOf(item) == kernel);
        var bench = Activator.CreateInstance(item.Descriptor.Type)!;
        foreach (var parameter in item.Parameters.Items)
            item.Descriptor.Type.GetProperty(parameter.Name)!.SetValue(bench, parameter.Value);
        item.Descriptor.GlobalSetupMethod?.Invoke(bench, []);
        var call = item.Descriptor.WorkloadMethod.CreateDelegate<Action>(bench);

        // What a kernel allocates it allocates in every call; the runtime may once, when it optimises a method.
        var bytes = Enumerable.Repeat(call, 5).Select(AllocatedBy).ToArray();

        Assert.Equal(0, bytes.Min());
    }

    [Fact]
    public void Matching_OneKernel_BringsItsBaselineOnly()
    {
        var group = Assert.Single(KernelGroup.Matching("*together(INT8)", KernelGroup.Suite, OneCall));

        Assert.Equal(
            ["AddEncoded.DecodeThenScalarLoop(int8)", "AddEncoded.AccumulateTogether(int8)"],
            group.Cases.Select(KernelGroup.NameOf));
    }

    [Fact]
    public void Matching_Nothing_IsRefusedWithTheNames()
    {
        var refused = Assert.Throws<InvalidOperationException>(
            () => KernelGroup.Matching("int8", KernelGroup.Suite, OneCall));

        Assert.Contains("'int8'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("EncodeBlock.Encode(int8)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Baseline_IsTheMeasureOfItself()
    {
        var rows = new KernelsBench(Job.Dry, _folder).Run("*", [typeof(Twice)]).ToArray();

        Assert.Equal(["Twice.Plain", "Twice.Other"], rows.Select(row => row.Kernel));
        Assert.All(rows, row => Assert.Equal(nameof(Twice.Plain), row.Baseline));
        Assert.Equal(1, rows[0].Ratio);
        Assert.Equal(rows[1].Nanoseconds / rows[0].Nanoseconds, rows[1].Ratio);
        Assert.True(rows[0].Nanoseconds > 0, $"{rows[0].Nanoseconds} ns");
    }

    [Fact]
    public void Run_KernelThatAllocates_SaysHowMuch()
    {
        var rows = new KernelsBench(Job.Dry, _folder).Run("*", [typeof(Allocating)]).ToArray();

        Assert.InRange(rows[1].AllocatedBytes, Allocating.Bytes, Allocating.Bytes * 2);
    }

    [Fact]
    public void Run_KernelThatThrows_NamesItAndTheReason()
    {
        var failed = Assert.Throws<InvalidOperationException>(
            () => new KernelsBench(Job.Dry, _folder).Run("*", [typeof(Throwing)]).ToArray());

        Assert.StartsWith("Throwing.Other failed: ", failed.Message, StringComparison.Ordinal);
        Assert.Contains("no such block", failed.Message, StringComparison.Ordinal);
    }

    private static long AllocatedBy(Action call)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        call();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    public class Twice
    {
        public int Calls { get; private set; }

        [Benchmark(Baseline = true)]
        public void Plain() => Calls++;

        [Benchmark]
        public void Other() => Calls += 2;
    }

    public class Allocating
    {
        public const int Bytes = 1 << 20;

        public int Length { get; private set; }

        [Benchmark(Baseline = true)]
        public void Plain() => Length = 0;

        [Benchmark]
        public void Other() => Length = new byte[Bytes].Length;
    }

    public class Throwing
    {
        public int Calls { get; private set; }

        [Benchmark(Baseline = true)]
        public void Plain() => Calls++;

        [Benchmark]
        public void Other() => throw new InvalidDataException($"no such block after {Calls} calls");
    }
}
