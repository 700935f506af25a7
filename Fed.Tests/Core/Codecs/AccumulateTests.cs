using Fed.Core.Aggregation;
using Fed.Core.Codecs;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Codecs;

/// <summary>Folding the encoded form gives the integers of decoding first: design section 2, for every codec.</summary>
public sealed class AccumulateTests
{
    private static readonly Grid Grid = new(22, 8f);

    public static TheoryData<string> Settings => new(EncodedBlocks.Settings);

    [Theory]
    [MemberData(nameof(Settings))]
    public void Accumulate_AnyLengthAndNumberOfBlocks_EqualsDecoding(string codec)
    {
        foreach (var count in new[] { 1, 7, 8, 63, 64, 65, 127, 129, 511, 513, 640, 1023, 8191, 8192 })
        {
            foreach (var updates in new[] { 1, 3, 4, 6 })
            {
                var blocks = Weighted(codec, count, updates, count + updates);
                var sums = new long[count];
                BlockCodecs.ByName(codec).Accumulate(blocks, Grid, sums);
                Assert.Equal(EncodedBlocks.SumsByDecoding(codec, blocks, Grid, count), sums);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Accumulate_ManyMagnitudes_EqualsDecoding(string codec)
    {
        for (var exponent = -40; exponent <= 2; exponent += 3)
        {
            var blocks = Weighted(codec, 700, 4, exponent, MathF.ScaleB(1.3f, exponent));
            var sums = new long[700];
            BlockCodecs.ByName(codec).Accumulate(blocks, Grid, sums);
            Assert.Equal(EncodedBlocks.SumsByDecoding(codec, blocks, Grid, 700), sums);
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Accumulate_AddsToWhatIsThere(string codec)
    {
        var blocks = Weighted(codec, 300, 5, seed: 3);
        var once = new long[300];
        var codecOf = BlockCodecs.ByName(codec);
        codecOf.Accumulate(blocks, Grid, once);
        var twice = (long[])once.Clone();
        codecOf.Accumulate(blocks.Reverse().ToArray(), Grid, twice);
        Assert.Equal(once.Select(sum => 2 * sum), twice);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Accumulate_BytesAhead_ChangeNothing(string codec)
    {
        var blocks = Weighted(codec, 8192, 4, seed: 5);
        var with = blocks.Select(block => block with { Ahead = new byte[40_000] }).ToArray();
        long[] sums = new long[8192], sumsWith = new long[8192];
        BlockCodecs.ByName(codec).Accumulate(blocks, Grid, sums);
        BlockCodecs.ByName(codec).Accumulate(with, Grid, sumsWith);
        Assert.Equal(sums, sumsWith);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Accumulate_OnceCompiled_AllocatesNothing(string codec)
    {
        var blocks = Weighted(codec, 8192, 4, seed: 6);
        var sums = new long[8192];
        var codecOf = BlockCodecs.ByName(codec);
        // What the runtime allocates while it compiles a hotter version comes once; an allocation a block comes each
        // time.
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 20; i++)
                codecOf.Accumulate(blocks, Grid, sums);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Accumulate_OneByteMoreOrLess_IsRefusedByName(string codec)
    {
        var encoded = EncodedBlocks.Encode(codec, Deltas.Uniform(1, 515, 1f));
        var codecOf = BlockCodecs.ByName(codec);
        foreach (var wrong in new[] { encoded[..^1], [.. encoded, 0] })
        {
            Assert.Throws<InvalidDataException>(
                () => codecOf.Accumulate([new WeightedBlock(wrong, 1)], Grid, new long[515]));
            Assert.Throws<InvalidDataException>(() => codecOf.Decode(wrong, new float[515]));
        }
    }

    private static WeightedBlock[] Weighted(string codec, int count, int updates, int seed, float magnitude = 8f) =>
    [
        .. Enumerable.Range(0, updates).Select(i => new WeightedBlock(
            EncodedBlocks.Encode(codec, Deltas.Uniform(seed * 31 + i, count, magnitude), (ulong)i),
            i == 2 ? int.MaxValue : 1 + 977 * i)),
    ];
}
