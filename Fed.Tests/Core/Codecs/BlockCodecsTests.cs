using Fed.Core.Codecs;

namespace Fed.Tests.Core.Codecs;

public sealed class BlockCodecsTests
{
    /// <summary>Stored updates name codecs by id: a line here may be added, never changed.</summary>
    [Theory]
    [InlineData(1, "float32")]
    [InlineData(2, "int8")]
    [InlineData(3, "float16")]
    [InlineData(4, "bfloat16")]
    [InlineData(5, "int4")]
    [InlineData(6, "topk")]
    [InlineData(7, "sign")]
    [InlineData(8, "ternary")]
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
    public void Names_AreAllListedAbove() =>
        Assert.Equal("float32, int8, float16, bfloat16, int4, topk, sign, ternary", BlockCodecs.Names);

    [Fact]
    public void ById_Unknown_NamesWhatIsKnown() => Assert.Equal(
        $"codec id 9 is not known; this build reads {BlockCodecs.Names}",
        Assert.Throws<InvalidDataException>(() => BlockCodecs.ById(9)).Message);

    [Fact]
    public void ByName_Unknown_NamesWhatIsKnown() => Assert.Equal(
        $"codec 'bf16' is not known; use one of {BlockCodecs.Names}",
        Assert.Throws<ArgumentException>(() => BlockCodecs.ByName("bf16")).Message);

    [Theory]
    [InlineData("topk", 0.01)]
    [InlineData("topk:1", 1)]
    [InlineData("ternary:0.0025", 0.0025)]
    [InlineData("ternary:1e-4", 1e-4)]
    public void ByName_Sparse_HasTheDensity(string setting, double density) =>
        Assert.Equal(density, ((ISparseCodec)BlockCodecs.ByName(setting)).Density);

    [Theory]
    [InlineData("topk:0")]
    [InlineData("topk:1.01")]
    [InlineData("topk:NaN")]
    [InlineData("ternary:-0.1")]
    [InlineData("ternary:")]
    [InlineData("ternary:0,1")]
    public void ByName_BadDensity_NamesTheBound(string setting) => Assert.Contains(
        "a number above 0 and at most 1",
        Assert.Throws<ArgumentException>(() => BlockCodecs.ByName(setting)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void ByName_DensityOfADenseCodec_IsRefused() => Assert.Equal(
        "codec 'int8:0.1' has a parameter; int8 takes none: write int8",
        Assert.Throws<ArgumentException>(() => BlockCodecs.ByName("int8:0.1")).Message);
}
