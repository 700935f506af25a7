using System.Globalization;
using Fed.Core.Aggregation;
using Fed.Core.Blocks;
using Fed.Core.Codecs;
using Fed.Core.Robust;

namespace Fed.Bench.Kernels;

/// <summary>
/// Standard blocks of values like a delta's, and the plain arithmetic that kernels are measured against.
/// </summary>
internal static class BlockInputs
{
    public const int Length = BlockFileHeader.StandardBlockLength;

    /// <summary>Blocks that a fold hands to a codec at once.</summary>
    public const int Together = 4;

    /// <summary>The usual grid of a federation.</summary>
    public static readonly Grid Grid = new(22, 8f);

    /// <summary>100 examples, and a few more for each later update.</summary>
    public static long FactorOf(int update) => 100 * IntegerWeight.One + update;

    public static float[][] Vectors(int count) =>
        [.. Enumerable.Range(1, count).Select(seed => FoldInputs.Vector(Length, seed))];

    public static WeightedBlock[] Encode(IBlockCodec codec, float[][] vectors) =>
    [
        .. vectors.Select((values, i) =>
        {
            var bytes = new byte[codec.MaxEncodedLength(values.Length)];
            return new WeightedBlock(bytes.AsMemory(0, codec.Encode(values, bytes)), FactorOf(i));
        }),
    ];

    /// <summary>sums += factor x round-half-to-even(value 2^f), one value after the other.</summary>
    public static void AddScalar(ReadOnlySpan<float> values, long factor, Span<long> sums)
    {
        var scale = Grid.Scale;
        for (var i = 0; i < values.Length; i++)
            sums[i] += factor * (long)MathF.Round(values[i] * scale, MidpointRounding.ToEven);
    }
}

/// <summary>One block each of twenty float32 updates, as rules across updates take them.</summary>
internal static class UpdateBlocks
{
    /// <summary>n.</summary>
    public const int Count = 20;

    public static RobustInput[] Inputs()
    {
        var files = FoldInputs.Open(FoldInputs.Encode("float32", BlockInputs.Vectors(Count), Count));
        return
        [
            .. files.Select((input, i) => new RobustInput(
                input.File,
                i.ToString("x64", CultureInfo.InvariantCulture),
                BlockInputs.FactorOf(i),
                BlockInputs.FactorOf(i))),
        ];
    }

    /// <summary>The block of all updates as integers of the grid.</summary>
    public static GridRows Rows(RobustInput[] inputs)
    {
        var rows = new GridRows([.. inputs.Select(input => input.File)], BlockInputs.Grid);
        rows.Load(0);
        return rows;
    }
}
