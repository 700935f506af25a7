using Fed.Core.Codecs;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Codecs;

/// <summary>
/// Fixed bytes of docs/codecs.md, put together by hand from that document. Stored updates must stay readable and other
/// languages write them: when one of these fails, the format has changed and needs a new codec id.
/// </summary>
public sealed class GoldenBlockTests
{
    [Theory]
    [InlineData("float32", "0000003f 000080be 00000040", new[] { 0.5f, -0.25f, 2f })]
    [InlineData("float16", "0038 00b4 0040", new[] { 0.5f, -0.25f, 2f })]
    [InlineData("bfloat16", "003f 80be 0040", new[] { 0.5f, -0.25f, 2f })]
    [InlineData("int8", "0000803c 20f07f", new[] { 0.5f, -0.25f, 127f / 64 })]
    [InlineData("int4", "0000803e f207", new[] { 0.5f, -0.25f, 1.75f })]
    [InlineData("topk:0.6", "0000 0300 0000003f 00000040", new[] { 0.5f, 0f, 0f, 2f })]
    [InlineData("sign", "0000803f 02", new[] { 1f, -1f, 1f })]
    // One value, 2 negative at position 2: parameter 0; its field is the sign, its unary code two zeros and a one.
    [InlineData("ternary:0.3", "00000040 0100 00 01 04", new[] { 0f, 0f, -2f })]
    public void Block_Bytes_AreFixed(string codec, string hex, float[] values)
    {
        var golden = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(Convert.ToHexStringLower(golden), Convert.ToHexStringLower(EncodedBlocks.Encode(codec, values)));
        Assert.Equal(values, EncodedBlocks.Decode(codec, golden, values.Length));
    }

    [Fact]
    public void Ternary_FieldsWithARemainder_AreFixed()
    {
        // Positions 37 and 101, the second negative; parameter 5: gaps 37 = 1 x 32 + 5 and 63 = 1 x 32 + 31.
        // Fields of 6 bits: 000101 and 111111, so 0xC5 0x0F; unary 01 01 from the lowest bit: 0x0A. Magnitude 1.
        byte[] golden = Convert.FromHexString("0000803f020005" + "c50f" + "0a");
        var values = new float[128];
        (values[37], values[101]) = (1f, -1f);
        Assert.Equal(values, EncodedBlocks.Decode("ternary", golden, 128));
        var ours = EncodedBlocks.Encode("ternary:0.015", values);
        Assert.True(ours.Length <= golden.Length);
        Assert.Equal(values, EncodedBlocks.Decode("ternary", ours, 128));
    }

    /// <summary>Of encoders as well as of the format: a participant that encodes again must send the same
    /// bytes.</summary>
    [Theory]
    [InlineData("float32", "54294b7dc5917107fd80c4584c9cd61ccce6bf8fca263a0337b35db578492e40")]
    [InlineData("float16", "fe0fd3ddd31eeae2d492f6bdfb4fdbddb85a23df9c52e328683c434d24325d90")]
    [InlineData("bfloat16", "e8ec4ad70503c03b62716d77fa55d4aab43a2bc4acb3616c75adff47be570d0e")]
    [InlineData("int8", "5143019485c11d1db4c25a11e03bdaa89b05121ec5a4212f53a732dca9a7e5fe")]
    [InlineData("int4", "dfa38154fc74628d0d0fd1e9593039402bdd6813ad2a26b4b1866740d86256f5")]
    [InlineData("topk", "99f770b9dfb9417c4636573ed601f1db8fa9f596c7392c900ce6c7eb6dce8cec")]
    [InlineData("sign", "73c47987bca81e0e5b7f28ec3dd4f0e232d95544eb62a04d867acb8a6daa5aaf")]
    [InlineData("ternary", "bb33a7104fd0e2370cfbab28444d16dc4b8ec02833a6c5545d3edc0b9ac558c4")]
    public void File_Sha256_IsFixed(string codec, string sha256)
    {
        // Sums of integers only: the same values on every machine.
        var delta = new float[8192 + 700];
        for (var i = 0; i < delta.Length; i++)
            delta[i] = ((i * 7919L % 10_007) - 5003) * (i % 97 == 0 ? 1 / 1024f : 1 / 65_536f);
        using var stream = new MemoryStream();
        Fed.Core.Blocks.UpdateWriter.Write(
            stream, delta, BlockCodecs.ByName(codec), examples: 5, UpdateFiles.Base, UpdateFiles.Layout, seed: 42);
        Assert.Equal(sha256, Hashes.Of(stream.ToArray()));
    }
}
