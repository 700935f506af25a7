using Fed.Core.Aggregation;
using Fed.Core.Blocks;
using Fed.Core.IO;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Aggregation;

public sealed class BlockFoldTests
{
    private static readonly Grid Grid = UpdateFiles.Grid;

    [Fact]
    public void Constructor_NoInput_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new BlockFold([], Grid));

    [Fact]
    public void Constructor_MixedLayouts_NamesBoth()
    {
        var message = Assert.Throws<ArgumentException>(() => Fold(
            UpdateFiles.Build(new float[5]), UpdateFiles.Build(new float[5], layout: Hashes.Of("another")))).Message;
        Assert.Contains(Hashes.Of("another"), message, StringComparison.Ordinal);
        Assert.Contains(UpdateFiles.Layout, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_MixedDimensions_NamesBoth()
    {
        var message = Assert.Throws<ArgumentException>(
            () => Fold(UpdateFiles.Build(new float[5]), SumsFiles.Write(new long[6], 1, 1))).Message;
        Assert.Contains("5", message, StringComparison.Ordinal);
        Assert.Contains("6", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shape_ThreeBlocks_LastIsShorter()
    {
        var fold = Fold(UpdateFiles.Build(new float[2 * 8192 + 7]));
        Assert.Equal((3, 8192, 8192, 7), (fold.BlockCount, fold.BlockLength, fold.LengthOf(1), fold.LengthOf(2)));
        Assert.Equal((2 * 8192 + 7L, UpdateFiles.Layout), (fold.Dimension, fold.LayoutHash));
    }

    [Fact]
    public void Sum_BlocksInAnyOrder_AreIndependent()
    {
        var fold = Fold(UpdateFiles.Build(Deltas.OnGrid(4, 2 * 8192 + 7, Grid)));
        long[] Block(int block)
        {
            var sums = new long[fold.LengthOf(block)];
            Array.Fill(sums, 99); // what was there is not part of the sum
            fold.Sum(block, sums);
            return sums;
        }

        var forward = Enumerable.Range(0, 3).Select(Block).ToArray();
        var backward = Enumerable.Range(0, 3).Reverse().Select(Block).Reverse().ToArray();
        Assert.Equal(forward, backward);
    }

    [Fact]
    public void Sum_UpdatesOfBothCodecsAndSumsTogether_AddsThemAll()
    {
        float[] delta = [1f, -2f, 127f / 64];
        var total = TestFold.Sum(
            [
                new Part(UpdateFiles.Build(delta), 3, 3),
                new Part(UpdateFiles.Build([1f / 64, -1f / 64, 127f / 64], "int8"), 64, 64),
                new Part(SumsFiles.Write([1, 2, -3], 1, 1), 256, 256),
            ],
            new Grid(6, 4f));
        Assert.Equal([3 * 64 + 64 + 256, -3 * 128 - 64 + 512, 3 * 127 + 64 * 127 - 768L], total);
    }

    [Fact]
    public void Sum_OfSums_AnyLength_EqualsPlainIntegers()
    {
        var random = new Random(8);
        for (var length = 1; length <= 40; length++)
        {
            var a = Enumerable.Range(0, length).Select(_ => random.NextInt64(-(1L << 53), 1L << 53)).ToArray();
            var b = Enumerable.Range(0, length).Select(_ => random.NextInt64(-(1L << 53), 1L << 53)).ToArray();
            var total = TestFold.Sum(
                [new Part(SumsFiles.Write(a, 1, 1), 256, 1), new Part(SumsFiles.Write(b, 1, 1), 181, 1)], Grid);
            Assert.Equal(a.Zip(b, (x, y) => 256 * x + 181 * y), total);
        }
    }

    [Fact]
    public void Sum_BitRotInAStoredBlock_NamesTheBlock()
    {
        var file = UpdateFiles.Build(Deltas.OnGrid(5, 2 * 8192 + 7, Grid));
        var fold = new BlockFold([new FoldInput(new BlockFileReader(new MemoryReader(file)), 1)], Grid);
        file[112 + 3 * 16 + 4 * 8192 + 100] ^= 4; // the second block, after the file was opened
        fold.Sum(0, new long[8192]);
        Assert.Equal(
            "block 1 does not match its checksum",
            Assert.Throws<InvalidDataException>(() => fold.Sum(1, new long[8192])).Message);
        fold.Sum(2, new long[7]);
    }

    private static BlockFold Fold(params byte[][] files) =>
        new([.. files.Select(file => new FoldInput(UpdateFiles.Open(file), 1))], Grid);
}
