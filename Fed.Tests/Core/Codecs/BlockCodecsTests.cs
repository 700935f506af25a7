using Fed.Core.Codecs;

namespace Fed.Tests.Core.Codecs;

public sealed class BlockCodecsTests
{
    /// <summary>Stored updates name codecs by id: a line here may be added, never changed.</summary>
    [Theory]
    [InlineData(1, "float32")]
    [InlineData(2, "int8")]
    public void Ids_AreStable(ushort id, string name)
    {
        Assert.Equal(name, BlockCodecs.ById(id).Name);
        Assert.Equal(id, BlockCodecs.ByName(name).Id);
    }

    [Fact]
    public void Int64Sums_IsStableAndNotACodecOfUpdates()
    {
        Assert.Equal(100, BlockCodecs.Int64Sums);
        Assert.Throws<InvalidDataException>(() => BlockCodecs.ById(BlockCodecs.Int64Sums));
    }

    [Fact]
    public void Names_AreAllListedAbove() => Assert.Equal("float32, int8", BlockCodecs.Names);

    [Fact]
    public void ById_Unknown_NamesWhatIsKnown() => Assert.Equal(
        "codec id 9 is not known; this build reads float32, int8",
        Assert.Throws<InvalidDataException>(() => BlockCodecs.ById(9)).Message);

    [Fact]
    public void ByName_Unknown_NamesWhatIsKnown() => Assert.Equal(
        "codec 'bf16' is not known; use one of float32, int8",
        Assert.Throws<ArgumentException>(() => BlockCodecs.ByName("bf16")).Message);
}
