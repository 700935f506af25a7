using Fed.Core.Blocks;
using Fed.Core.Codecs;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Blocks;

public sealed class UpdateWriterTests
{
    public static TheoryData<int> Dimensions => new(1, 2, 127, 129, 8191, 8192, 8193, 3 * 8192, 3 * 8192 + 5);

    [Theory]
    [MemberData(nameof(Dimensions))]
    public async Task Write_ThenIntakeAndRead_GivesTheSameBytesAndValues(int dimension)
    {
        var delta = Deltas.OnGrid(dimension, dimension, UpdateFiles.Grid);
        var file = UpdateFiles.Build(delta, examples: 599);
        Assert.Equal(file, await UpdateFiles.TakeAsync(file, UpdateFiles.Expect(dimension)));
        Assert.Equal(
            delta.Select(BitConverter.SingleToInt32Bits), UpdateFiles.Decode(file).Select(BitConverter.SingleToInt32Bits));
        var header = UpdateFiles.Open(file).Header;
        Assert.Equal(
            new BlockFileHeader(
                BlockFileKind.Update, 1, 8192, dimension, Weight: 599, Count: 1, UpdateFiles.Base, UpdateFiles.Layout),
            header);
        Assert.Equal(112 + 16 * header.BlockCount + 4 * dimension, file.Length);
        Assert.Equal(file.Length, UpdateWriter.UncompressedSize(dimension));
    }

    [Theory]
    [MemberData(nameof(Dimensions))]
    public async Task Write_Int8_IsWithinHalfAScaleOfEachGroup(int dimension)
    {
        var delta = Deltas.Uniform(dimension, dimension, 2f);
        var file = UpdateFiles.Build(delta, "int8");
        Assert.Equal(file, await UpdateFiles.TakeAsync(file, UpdateFiles.Expect(dimension, "int8")));
        Assert.All(delta.Zip(UpdateFiles.Decode(file)), pair =>
            Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 2f / 127 / 2 * 1.001f));
    }

    [Fact]
    public void Write_IntoAStreamThatHasBytes_LeavesThemAndStandsAtTheEnd()
    {
        using var stream = new MemoryStream();
        stream.Write([1, 2, 3]);
        UpdateWriter.Write(
            stream, new float[5], new Float32Codec(), examples: 7, UpdateFiles.Base, UpdateFiles.Layout);
        Assert.Equal(stream.Length, stream.Position);
        Assert.Equal([1, 2, 3], stream.ToArray()[..3]);
        Assert.Equal(UpdateFiles.Build(new float[5]), stream.ToArray()[3..]);
    }

    [Theory]
    [MemberData(nameof(Dimensions))]
    public void MaxBytes_OfTheExpectation_IsNeverExceeded(int dimension)
    {
        foreach (var codec in new[] { "float32", "int8" })
        {
            var length = UpdateFiles.Build(new float[dimension], codec).Length;
            Assert.InRange(length, 1, UpdateFiles.Expect(dimension, codec).MaxBytes);
        }
    }

    [Fact]
    public void Write_NoExamplesOrNoParameters_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => UpdateFiles.Build(new float[3], examples: 0));
        Assert.Throws<ArgumentException>(() => UpdateFiles.Build([]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("abcd")]
    [InlineData("zz")]
    public void Write_HashThatIsNotSha256_IsRefused(string layout) =>
        Assert.Throws<ArgumentException>(() => UpdateFiles.Build(new float[3], layout: layout));
}
