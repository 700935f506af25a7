using Fed.Core.Models;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Models;

public sealed class ModelLayoutTests
{
    private static readonly ModelLayout Layout = new([("conv1.weight", [8, 1, 3, 3]), ("conv1.bias", [8]), ("scale", [])]);

    [Fact]
    public void Offsets_FollowWithoutGaps()
    {
        Assert.Equal([0L, 72, 80], Layout.Tensors.Select(slot => slot.Offset));
        Assert.Equal([72L, 8, 1], Layout.Tensors.Select(slot => slot.Length));
        Assert.Equal(81, Layout.ParameterCount);
    }

    [Fact]
    public void Hash_IsTheSha256OfTheCanonicalText()
    {
        Assert.Equal("conv1.weight[8,1,3,3]\nconv1.bias[8]\nscale[]", Layout.ToString());
        Assert.Equal(Hashes.Of("conv1.weight[8,1,3,3]\nconv1.bias[8]\nscale[]"), Layout.Hash);
    }

    [Fact]
    public void Hash_OtherOrderNameOrShape_Differs()
    {
        ModelLayout[] layouts =
        [
            new([("a", [2]), ("b", [2])]), new([("b", [2]), ("a", [2])]), new([("a", [2]), ("c", [2])]),
            new([("a", [2, 1]), ("b", [2])]), new([("a", [1]), ("b", [3])]), new([("a", [2])]),
        ];
        Assert.Equal(layouts.Length, layouts.Select(layout => layout.Hash).Distinct().Count());
    }

    [Fact]
    public void Constructor_NoTensor_IsRefused() => Assert.Throws<ArgumentException>(() => new ModelLayout([]));

    [Fact]
    public void Constructor_RepeatedName_IsRefused() => Assert.Contains(
        "'a' appears twice",
        Assert.Throws<ArgumentException>(() => new ModelLayout([("a", [1]), ("a", [2])])).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(0)]
    [InlineData(-4)]
    public void Constructor_SideBelowOne_IsRefused(int side) => Assert.Contains(
        $"[3,{side}]",
        Assert.Throws<ArgumentException>(() => new ModelLayout([("a", [3, side])])).Message,
        StringComparison.Ordinal);

    /// <summary>A line break in a name would let two layouts share one canonical text, and so one hash.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("a[1]\nb")]
    [InlineData("a\0")]
    [InlineData("__metadata__")]
    public void Constructor_NameThatFilesCannotHold_IsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => new ModelLayout([(name, [2])]));

    [Fact]
    public void Constructor_MoreParametersThanALong_IsRefused() => Assert.Throws<OverflowException>(
        () => new ModelLayout([("a", [int.MaxValue, int.MaxValue, int.MaxValue])]));
}
