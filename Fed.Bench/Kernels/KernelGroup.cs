using System.Collections.Immutable;
using System.IO.Enumeration;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using Fed.Bench.Kernels.Suite;

namespace Fed.Bench.Kernels;

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
