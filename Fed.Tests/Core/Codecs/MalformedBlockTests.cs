using Fed.Core.Codecs;

namespace Fed.Tests.Core.Codecs;

/// <summary>One test a fault of a block: each is refused with its reason.</summary>
public sealed class MalformedBlockTests
{
    [Theory]
    [InlineData("float16", "00", 1, "a float16 block of 1 values has 2 bytes, not 1")]
    [InlineData("bfloat16", "000000", 1, "a bfloat16 block of 1 values has 2 bytes, not 3")]
    [InlineData("int4", "0000803f", 1, "an int4 block of 1 values has 5 bytes, not 4")]
    [InlineData("int4", "0000c07f 01", 1, "an int4 scale is NaN")]
    [InlineData("int4", "0000807f 01", 1, "an int4 scale is Infinity")]
    [InlineData("int4", "000080bf 01", 1, "an int4 scale is -1")]
    [InlineData("int4", "0000803f 08", 1, "an int4 value is -8; values are -7 to 7")]
    [InlineData("int4", "0000803f 80", 2, "an int4 value is -8; values are -7 to 7")]
    [InlineData("int4", "0000803f 11", 1, "the half byte after the last int4 value is not zero")]
    [InlineData("sign", "0000803f", 1, "a sign block of 1 values has 5 bytes, not 4")]
    [InlineData("sign", "0000c07f 01", 1, "a sign scale is NaN")]
    [InlineData("sign", "0000803f 02", 1, "the bits after the last sign are not zero")]
    [InlineData("topk", "0000 000080", 3, "a topk block has 6 bytes a value; 5 is no multiple of it")]
    [InlineData("topk", "0300 0000803f", 3, "topk position 3 is beyond the 3 values of the block")]
    [InlineData("topk", "0100 0100 0000803f 0000803f", 3, "topk position 1 follows 1; positions ascend")]
    [InlineData("topk", "0200 0100 0000803f 0000803f", 3, "topk position 1 follows 2; positions ascend")]
    [InlineData("topk", "0100 00000080", 3, "the topk value at position 1 is zero; zeros are left out")]
    [InlineData("ternary", "00000040 0100 00", 3, "a ternary block has more than 7 bytes, or none; this has 7")]
    [InlineData("ternary", "0000c07f 0100 00 01 04", 3, "a ternary magnitude is NaN")]
    [InlineData("ternary", "00000000 0100 00 01 04", 3, "a ternary magnitude is 0")]
    [InlineData("ternary", "00000040 0000 00 01 04", 3, "a ternary block announces 0 values; it must be 1 to 3")]
    [InlineData("ternary", "00000040 0400 00 01 0f", 3, "a ternary block announces 4 values; it must be 1 to 3")]
    [InlineData("ternary", "00000040 0100 0e 01 04", 3, "a Rice parameter is 14; it must be 0 to 13")]
    [InlineData("ternary", "00000040 0300 0d 0000", 3, "3 Rice codes are cut short")]
    [InlineData("ternary", "00000040 0100 00 03 04", 3, "the bits after the last Rice field are not zero")]
    [InlineData("ternary", "00000040 0100 00 01 08", 3, "Rice position 3 is beyond the 3 values of the block")]
    [InlineData("ternary", "00000040 0100 00 01 0000000000000000000001", 3, "Rice position 80 is beyond the 3 values")]
    [InlineData("ternary", "00000040 0100 00 01 05", 3, "more Rice codes than the block announces")]
    [InlineData("ternary", "00000040 0200 00 01 04", 3, "1 Rice codes fewer than the block announces")]
    [InlineData("ternary", "00000040 0100 00 01 0400", 3, "bytes follow the last Rice code")]
    public void Decode_Malformed_NamesTheReason(string codec, string hex, int count, string reason)
    {
        var bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        var message = Assert.Throws<InvalidDataException>(
            () => BlockCodecs.ByName(codec).Decode(bytes, new float[count])).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }
}
