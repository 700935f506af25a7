using Fed.Core.Blocks;
using Fed.Core.IO;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Blocks;

/// <summary>A file of more index pages than stay in memory.</summary>
public sealed class BlockIndexTests
{
    private const int Blocks = 700; // 11 pages of 64
    private static readonly float[] Delta = Deltas.Uniform(3, (Blocks - 1) * 8192 + 5, 0.01f);
    private static readonly byte[] Update = UpdateFiles.Build(Delta, "topk:0.01");

    [Fact]
    public void ReadBlock_InAnyOrder_GivesTheBlockAsInOrder()
    {
        var inOrder = Read(UpdateFiles.Open(Update), Enumerable.Range(0, Blocks));
        var order = Enumerable.Range(0, Blocks).ToArray();
        new Random(4).Shuffle(order);
        var reader = UpdateFiles.Open(Update);
        var shuffled = Read(reader, order);
        for (var i = 0; i < Blocks; i++)
            Assert.Equal(inOrder[order[i]], shuffled[i]);
        return;

        static byte[][] Read(BlockFileReader reader, IEnumerable<int> order)
        {
            var buffer = new byte[reader.MaxBlockBytes];
            return [.. order.Select(block => reader.ReadBlock(block, buffer).ToArray())];
        }
    }

    [Fact]
    public void ReadBlock_FromManyThreads_GivesEveryBlock()
    {
        var reader = UpdateFiles.Open(Update);
        var lengths = new long[8];
        Parallel.For(0, lengths.Length, thread =>
        {
            var buffer = new byte[reader.MaxBlockBytes];
            for (var i = 0; i < Blocks; i++)
                lengths[thread] += reader.ReadBlock((i + 90 * thread) % Blocks, buffer).Length;
        });
        var expected = Update.Length - BlockFileHeader.Size - Blocks * BlockFileHeader.IndexEntrySize;
        Assert.All(lengths, length => Assert.Equal(expected, length));
    }

    [Fact]
    public void ReadBlock_IndexChangedAfterOpening_IsRefused()
    {
        var bytes = (byte[])Update.Clone();
        var reader = new BlockFileReader(new MemoryReader(bytes));
        bytes[BlockFileHeader.Size + 300 * BlockFileHeader.IndexEntrySize] ^= 1;
        var buffer = new byte[reader.MaxBlockBytes];
        reader.ReadBlock(0, buffer);
        var refusal = Assert.Throws<InvalidDataException>(() => { reader.ReadBlock(310, buffer); });
        Assert.Contains("from block 256 on has changed", refusal.Message, StringComparison.Ordinal);
        reader.ReadBlock(0, buffer);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(Blocks)]
    public void ReadBlock_Outside_IsRefused(int block)
    {
        var reader = UpdateFiles.Open(Update);
        Assert.Throws<ArgumentOutOfRangeException>(() => { reader.ReadBlock(block, new byte[reader.MaxBlockBytes]); });
    }
}
