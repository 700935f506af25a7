using Fed.Core.Blocks;
using Fed.Core.Codecs;
using Fed.Core.IO;

namespace Fed.Tests.Core.Blocks;

/// <summary>
/// Fixed bytes of docs/protocol.md, "The update file". Stored updates must stay readable and other languages write
/// them: when one of these fails, the format has changed and needs a new format version or codec id. The bytes were put
/// together from that document, with the checksums of xxHash 0.8.1 (the reference C library).
/// </summary>
public sealed class GoldenFileTests
{
    private const string Magic = "46454442 0100 0100";
    private const string Counts = "0000 00200000 0300000000000000 0700000000000000 0100000000000000";
    private static readonly string Base = string.Concat(Enumerable.Repeat("ab", 32));
    private static readonly string Layout = string.Concat(Enumerable.Repeat("cd", 32));

    // magic, version, kind, codec, zero, block length 8192, dimension 3, examples 7, count 1; base; layout; seal;
    // index: XxHash3, length, zero; then the block.
    private static readonly string Float32 =
        Magic + "0100" + Counts + Base + Layout + "ada528d5b950cf90" + "a8ada458fccd67e4 0c000000 00000000"
        + "0000003f 000080be 00000040";

    private static readonly string Int8 =
        Magic + "0200" + Counts + Base + Layout + "3385a3b5c6d283f9" + "d66a2683ef4bf31f 07000000 00000000"
        + "0000803c 20f07f";

    [Fact]
    public void Float32Update_Bytes_AreFixed() => Check(Float32, "float32", [0.5f, -0.25f, 2f]);

    [Fact]
    public void Int8Update_Bytes_AreFixed() => Check(Int8, "int8", [0.5f, -0.25f, 127f / 64]);

    [Fact]
    public void Sums_Bytes_AreFixed()
    {
        var expected = Convert.FromHexString((
            "46454442 0100 0200 6400 0000 00200000 0200000000000000 0003000000000000 0200000000000000"
            + Base + Layout + "0000000000000000" + "0100000000000000 feffffffffffffff"
            + "111f91dd4eb0a215 10000000 00000000" + "470860b7c51abd3a").Replace(" ", "", StringComparison.Ordinal));
        using var stream = new MemoryStream();
        var writer = new SumsWriter(stream, dimension: 2, weight: 768, count: 2, Base, Layout);
        writer.Write([1, -2]);
        writer.Complete();
        Assert.Equal(Convert.ToHexStringLower(expected), Convert.ToHexStringLower(stream.ToArray()));
        Assert.Equal(
            [1, 0, 0, 0, 0, 0, 0, 0],
            new BlockFileReader(new MemoryReader(expected)).ReadBlock(0, new byte[16])[..8].ToArray());
    }

    private static void Check(string hex, string codec, float[] delta)
    {
        var golden = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        using var stream = new MemoryStream();
        UpdateWriter.Write(stream, delta, BlockCodecs.ByName(codec), examples: 7, Base, Layout);
        Assert.Equal(Convert.ToHexStringLower(golden), Convert.ToHexStringLower(stream.ToArray()));

        var reader = new BlockFileReader(new MemoryReader(golden));
        var decoded = new float[3];
        BlockCodecs.ById(reader.Header.CodecId).Decode(reader.ReadBlock(0, new byte[reader.MaxBlockBytes]), decoded);
        Assert.Equal(delta, decoded);
        Assert.Equal((Base, Layout), (reader.Header.BaseModel, reader.Header.LayoutHash));
    }
}
