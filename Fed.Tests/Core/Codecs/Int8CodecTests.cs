using System.Buffers.Binary;
using Fed.Core.Codecs;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Codecs;

public sealed class Int8CodecTests
{
    private static readonly Int8Codec Codec = new();

    public static TheoryData<int> Lengths => new(1, 2, 3, 127, 128, 129, 255, 256, 257, 1000, 8191, 8192);

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Decode_OfEncode_IsWithinHalfAScale(int length)
    {
        foreach (var magnitude in new[] { 1e-20f, 1e-3f, 4f, 1e9f })
        {
            var values = Deltas.Uniform(length, length, magnitude);
            var (encoded, decoded) = RoundTrip(values);
            for (var i = 0; i < length; i++)
            {
                var group = values.Skip(i / 128 * 128).Take(128);
                var scale = (double)group.Max(MathF.Abs) / 127;
                // Scale, quotient and product are each rounded to float32: four half-units in the last place of 127
                // scales.
                var rounding = 127 * scale * 4 * Math.ScaleB(1, -24);
                Assert.InRange(Math.Abs((double)values[i] - decoded[i]), 0, scale / 2 + rounding);
            }

            Assert.Equal(length + (length + 127) / 128 * 4, encoded.Length);
        }
    }

    [Fact]
    public void Encode_AnyValues_NeverWritesMinus128()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var exponent = random.Next(-149, 127);
            var values = Deltas.Uniform(seed, 128, MathF.ScaleB(1.5f, exponent));
            var (encoded, decoded) = RoundTrip(values);
            Assert.DoesNotContain((byte)0x80, encoded.Skip(4));
            Assert.All(decoded, value => Assert.True(float.IsFinite(value)));
        }
    }

    [Fact]
    public void Encode_LargestOfAGroup_KeepsItsSignAndIs127()
    {
        var (encoded, decoded) = RoundTrip([-12.7f, 0.1f, 0.05f, 0f]);
        Assert.Equal([-127, 1], encoded.Skip(4).Take(2).Select(value => (int)(sbyte)value));
        Assert.Equal(-12.7f, decoded[0], 1e-5f);
    }

    [Fact]
    public void RoundTrip_NeverExceedsTheLargestMagnitude()
    {
        // Else a delta clipped to the bound would be refused as beyond it: true of 1 bound in 200 before it was
        // guarded.
        var random = new Random(11);
        for (var i = 0; i < 20_000; i++)
        {
            var bound = 1 + random.NextSingle();
            var (_, decoded) = RoundTrip([bound, -bound, bound / 2]);
            Assert.InRange(decoded.Max(MathF.Abs), 0, bound);
        }
    }

    [Fact]
    public void Encode_EachGroup_HasItsOwnScale()
    {
        var values = new float[130];
        values[0] = 127f;
        values[128] = 127e-6f;
        var (encoded, _) = RoundTrip(values);
        Assert.Equal(1f, BinaryPrimitives.ReadSingleLittleEndian(encoded));
        Assert.Equal(1e-6f, BinaryPrimitives.ReadSingleLittleEndian(encoded.AsSpan(132)), 1e-12f);
    }

    [Fact]
    public void Encode_TiesOfAScale_GoToEven()
    {
        var (encoded, _) = RoundTrip([127f, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f]);
        Assert.Equal([127, 0, 2, 2, 0, -2], encoded.Skip(4).Select(value => (int)(sbyte)value));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(float.Epsilon)]
    [InlineData(1e-40f)]
    public void RoundTrip_ZeroOrTooSmallForAScale_IsZero(float value)
    {
        var (_, decoded) = RoundTrip([value, -value, 0]);
        Assert.All(decoded, result => Assert.Equal(0, result));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(132)]
    [InlineData(134)]
    [InlineData(137)]
    [InlineData(139)]
    public void Decode_WrongLength_IsRefused(int bytes) => Assert.Contains(
        "an int8 block of 130 values has 138 bytes",
        Assert.Throws<InvalidDataException>(() => Codec.Decode(new byte[bytes], new float[130])).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(-1f)]
    public void Decode_BadScale_IsRefused(float scale)
    {
        var encoded = new byte[6];
        BinaryPrimitives.WriteSingleLittleEndian(encoded, scale);
        Assert.Contains(
            "scales are finite and not negative",
            Assert.Throws<InvalidDataException>(() => Codec.Decode(encoded, new float[2])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_Minus128_IsRefused()
    {
        var encoded = new byte[4 + 100];
        BinaryPrimitives.WriteSingleLittleEndian(encoded, 1f);
        encoded[77] = 0x80;
        Assert.Contains(
            "-128",
            Assert.Throws<InvalidDataException>(() => Codec.Decode(encoded, new float[100])).Message,
            StringComparison.Ordinal);
    }

    private static (byte[] Encoded, float[] Decoded) RoundTrip(float[] values)
    {
        var encoded = new byte[Codec.MaxEncodedLength(values.Length)];
        Assert.Equal(encoded.Length, Codec.Encode(values, encoded));
        var decoded = new float[values.Length];
        Codec.Decode(encoded, decoded);
        return (encoded, decoded);
    }
}
