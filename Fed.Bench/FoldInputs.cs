using Fed.Core;
using Fed.Core.Aggregation;
using Fed.Core.Blocks;
using Fed.Core.Codecs;
using Fed.Core.IO;

namespace Fed.Bench;

/// <summary>K update files in memory, each in bytes of its own.</summary>
internal static class FoldInputs
{
    private static readonly string Name = new('a', 64);

    /// <summary>A vector like a delta: normal, most values small.</summary>
    public static float[] Vector(int dimension, int seed)
    {
        var random = new SplitMix64((ulong)seed);
        var values = new float[dimension];
        for (var i = 0; i < values.Length; i++)
        {
            // The sum of four uniform numbers is normal enough, and quick.
            var bits = random.Next();
            var sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48);
            values[i] = ((long)sum - 131_070) * (0.01f / 37_837);
        }

        return values;
    }

    /// <summary>Files beyond the vectors given are copies: encoding all K would take most of the run.</summary>
    public static byte[][] Encode(string codec, IReadOnlyList<float[]> vectors, int updates)
    {
        var files = new byte[updates][];
        for (var i = 0; i < updates; i++)
        {
            if (i >= vectors.Count)
            {
                files[i] = (byte[])files[i % vectors.Count].Clone();
                continue;
            }

            using var stream = new MemoryStream();
            UpdateWriter.Write(stream, vectors[i], BlockCodecs.ByName(codec), examples: 100, Name, Name, (ulong)i);
            files[i] = stream.ToArray();
        }

        return files;
    }

    public static FoldInput[] Open(byte[][] files) =>
        [.. files.Select((file, i) => new FoldInput(new BlockFileReader(new MemoryReader(file)), 25_600 + i))];
}
