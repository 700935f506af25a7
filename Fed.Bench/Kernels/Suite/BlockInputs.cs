using Fed.Bench.Fold;
using Fed.Core.Aggregation;
using Fed.Core.Blocks;
using Fed.Core.Codecs;

namespace Fed.Bench.Kernels.Suite;

/// <summary>Standard blocks of values like a delta's, and the plain arithmetic that kernels are measured
/// against.</summary>
internal static class BlockInputs
{
    public const int Length = BlockFileHeader.StandardBlockLength;

    /// <summary>Blocks that a fold hands to a codec at once.</summary>
    public const int Together = 4;

    /// <summary>The usual grid of a federation.</summary>
    public static readonly Grid Grid = new(22, 8f);

    /// <summary>100 examples, and a few more for each later update.</summary>
    public static long WeightOf(int update) => 100 * IntegerWeight.One + update;

    public static float[][] Vectors(int count) =>
        [.. Enumerable.Range(1, count).Select(seed => FoldInputs.Vector(Length, seed))];

    public static WeightedBlock[] Encode(IBlockCodec codec, float[][] vectors) =>
    [
        .. vectors.Select((values, i) =>
        {
            var bytes = new byte[codec.MaxEncodedLength(values.Length)];
            return new WeightedBlock(bytes.AsMemory(0, codec.Encode(values, bytes)), WeightOf(i));
        }),
    ];

    /// <summary>sums += weight x round-half-to-even(value 2^f), one value after the other.</summary>
    public static void AddScalar(ReadOnlySpan<float> values, long weight, Span<long> sums)
    {
        var scale = Grid.Scale;
        for (var i = 0; i < values.Length; i++)
            sums[i] += weight * (long)MathF.Round(values[i] * scale, MidpointRounding.ToEven);
    }
}
