using Fed.Core.Aggregation;

namespace Fed.Tests.Core.Aggregation;

public sealed class ThreadedFoldTests
{
    private const int Window = 8;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3 * Window + 1)]
    [InlineData(2, 2 * Window)]
    [InlineData(2, 5 * Window + 3)]
    [InlineData(3, 100)]
    public void Run_SeveralWindows_HandsOnEveryBlockInOrder(int threads, int blocks)
    {
        var seen = new List<long>();

        new ThreadedFold(new NumberedBlocks(blocks), threads).Run(
            new BlockRange(0, blocks), (block, sums) => seen.Add(sums[1]), default);

        Assert.Equal(Enumerable.Range(0, blocks).Select(block => (long)block), seen);
    }

    [Fact]
    public void Run_ARange_HandsOnItsBlocksOnly()
    {
        var seen = new List<int>();

        new ThreadedFold(new NumberedBlocks(100), 2).Run(
            new BlockRange(30, 41), (block, _) => seen.Add(block), default);

        Assert.Equal(Enumerable.Range(30, 41), seen);
    }

    [Fact]
    public void Run_TheSinkFails_EndsWhenNothingIsReadAnyMore()
    {
        var blocks = new NumberedBlocks(20 * Window);

        Assert.Throws<IOException>(() => new ThreadedFold(blocks, 2).Run(
            new BlockRange(0, blocks.BlockCount), (_, _) => throw new IOException("the disk is full"), default));

        Assert.Equal(blocks.Begun, blocks.Ended);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_ADamagedBlockOfALaterWindow_IsTold(int threads)
    {
        var blocks = new NumberedBlocks(20 * Window) { Damaged = 9 * Window };

        Assert.Throws<InvalidDataException>(() => new ThreadedFold(blocks, threads).Run(
            new BlockRange(0, blocks.BlockCount), (block, _) => Assert.True(block < blocks.Damaged), default));
    }

    /// <summary>Blocks of two sums, both their own number.</summary>
    private sealed class NumberedBlocks(int blocks) : IBlockFold
    {
        private int _begun;
        private int _ended;

        public int Damaged { get; init; } = -1;

        public int Begun => _begun;

        public int Ended => _ended;

        public long Dimension => 2L * blocks;

        public int BlockLength => 2;

        public string LayoutHash => "";

        public int BlockCount => blocks;

        public int LengthOf(int block) => 2;

        public void Sum(int block, Span<long> sums)
        {
            Interlocked.Increment(ref _begun);
            if (block == Damaged)
                throw new InvalidDataException($"block {block} does not match its checksum");
            sums.Fill(block);
            Interlocked.Increment(ref _ended);
        }

        public IBlockFold Twin() => this;
    }
}
