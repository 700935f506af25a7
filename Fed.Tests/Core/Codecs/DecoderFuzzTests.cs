using Fed.Core.Aggregation;
using Fed.Core.Codecs;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Codecs;

/// <summary>
/// Seeded damage to encoded blocks: a decoder refuses with a reason or decodes, and never fails in another way; the
/// fold of
/// what it decodes is that of the values.
/// </summary>
public sealed class DecoderFuzzTests
{
    private static readonly Grid Grid = new(20, 1024f);

    public static TheoryData<string> Settings => new(EncodedBlocks.Settings);

    [Theory]
    [MemberData(nameof(Settings))]
    public void Decode_MutatedBlocks_RefusesOrAgreesWithTheFold(string codec)
    {
        var random = new Random(codec.Length);
        var codecOf = BlockCodecs.ByName(codec);
        var (refused, decoded) = (0, 0);
        for (var i = 0; i < 6000; i++)
        {
            var count = random.Next(1, i % 10 == 0 ? 1200 : 90);
            var bytes = Mutate(random, EncodedBlocks.Encode(codec, Deltas.Uniform(i, count, 4f), (ulong)i));
            var values = new float[count];
            var accepted = Accepts(() => codecOf.Decode(bytes, values));
            refused += accepted ? 0 : 1;
            decoded += accepted ? 1 : 0;
            var sums = new long[count];
            var folded = Accepts(() => codecOf.Accumulate([new WeightedBlock(bytes, 3)], Grid, sums));
            if (!accepted || Grid.FirstOutside(values) >= 0)
                continue;
            Assert.True(folded);
            Assert.Equal(EncodedBlocks.SumsByDecoding(codec, [new WeightedBlock(bytes, 3)], Grid, count), sums);
        }

        // The mutants must reach both outcomes, else they prove nothing.
        Assert.InRange(refused, 100, 5900);
        Assert.InRange(decoded, 100, 5900);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Decode_RandomBytes_RefusesOrDecodes(string codec)
    {
        var random = new Random(codec.Length);
        var codecOf = BlockCodecs.ByName(codec);
        for (var i = 0; i < 4000; i++)
        {
            var bytes = new byte[random.Next(0, 80)];
            random.NextBytes(bytes);
            var count = random.Next(1, 100);
            Accepts(() => codecOf.Decode(bytes, new float[count]));
            Accepts(() => codecOf.Accumulate([new WeightedBlock(bytes, 1)], Grid, new long[count]));
        }
    }

    private static byte[] Mutate(Random random, byte[] bytes)
    {
        if (bytes.Length == 0)
            return [(byte)random.Next(256)];
        var at = random.Next(bytes.Length);
        switch (random.Next(6))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
                bytes[random.Next(Math.Min(8, bytes.Length))] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 3:
                return bytes[..at];
            case 4:
                return [.. bytes, (byte)random.Next(2)];
            default:
                return bytes;
        }
    }

    /// <summary>True without an exception, false with the one that is documented; any other one fails the
    /// test.</summary>
    private static bool Accepts(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (InvalidDataException reason)
        {
            Assert.NotEmpty(reason.Message);
            return false;
        }
    }
}
