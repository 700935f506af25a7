using Fed.Core.Aggregation;
using Fed.Core.Codecs;

namespace Fed.Tests.Core.Support;

/// <summary>Single blocks, encoded and decoded.</summary>
internal static class EncodedBlocks
{
    /// <summary>Every codec, the sparse ones at several densities.</summary>
    public static readonly string[] Settings =
    [
        "float32", "float16", "bfloat16", "int8", "int4", "sign", "topk", "topk:0.3", "topk:1", "ternary",
        "ternary:0.1", "ternary:1",
    ];

    public static byte[] Encode(string codec, float[] values, ulong? seed = null)
    {
        var instance = BlockCodecs.ByName(codec);
        var buffer = new byte[instance.MaxEncodedLength(values.Length)];
        return buffer[..instance.Encode(values, buffer, seed)];
    }

    public static float[] Decode(string codec, byte[] encoded, int count)
    {
        var values = new float[count];
        Array.Fill(values, 77f); // what was there is not part of the result
        BlockCodecs.ByName(codec).Decode(encoded, values);
        return values;
    }

    public static float[] RoundTrip(string codec, float[] values, ulong? seed = null) =>
        Decode(codec, Encode(codec, values, seed), values.Length);

    /// <summary>The sums of decoding first, and rounding each value to the grid in unlimited integers.</summary>
    public static long[] SumsByDecoding(string codec, IEnumerable<WeightedBlock> blocks, Grid grid, int count)
    {
        var sums = new long[count];
        foreach (var block in blocks)
        {
            var values = Decode(codec, block.Encoded.ToArray(), count);
            for (var i = 0; i < count; i++)
                sums[i] += (long)(block.Factor * Exact.OnGrid(values[i], grid.FractionalBits));
        }

        return sums;
    }
}
