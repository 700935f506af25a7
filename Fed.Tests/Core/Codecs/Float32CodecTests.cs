using Fed.Core.Codecs;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Codecs;

public sealed class Float32CodecTests
{
    private static readonly Float32Codec Codec = new();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8192)]
    public void Decode_OfEncode_IsTheSameBits(int length)
    {
        var values = Deltas.OnGrid(length, length, UpdateFiles.Grid);
        var encoded = new byte[Codec.MaxEncodedLength(length)];
        Assert.Equal(encoded.Length, Codec.Encode(values, encoded));
        var decoded = new float[length];
        Codec.Decode(encoded, decoded);
        Assert.Equal(values.Select(BitConverter.SingleToUInt32Bits), decoded.Select(BitConverter.SingleToUInt32Bits));
    }

    [Fact]
    public void Encode_IsLittleEndian()
    {
        var encoded = new byte[8];
        Codec.Encode([1f, -2f], encoded);
        Assert.Equal("0000803F000000C0", Convert.ToHexString(encoded));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(13)]
    public void Decode_WrongLength_IsRefused(int bytes) => Assert.Equal(
        $"a float32 block of 3 values has 12 bytes, not {bytes}",
        Assert.Throws<InvalidDataException>(() => Codec.Decode(new byte[bytes], new float[3])).Message);
}
