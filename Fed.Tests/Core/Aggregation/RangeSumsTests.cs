using Fed.Core.Aggregation;
using Fed.Core.Blocks;
using Fed.Core.IO;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Aggregation;

/// <summary>Ranges of blocks, on workers or threads, make the bits of one fold.</summary>
public sealed class RangeSumsTests
{
    private const int Dimension = 9 * 8192 + 77;
    private static readonly Grid Grid = UpdateFiles.Grid;

    private static readonly Guid Merge = new("00112233-4455-6677-8899-aabbccddeeff");

    private static readonly Part[] Parts =
    [
        .. EncodedBlocks.Settings.Select((codec, i) => Part.Of(Deltas.Uniform(i, Dimension, 4f), 300 + i, codec)),
        new Part(SumsFiles.Write([.. Enumerable.Range(-5, Dimension).Select(i => i * 99L)], 3, 2), 256, 768),
    ];

    private static readonly byte[] Whole = SumsFiles.Write(TestFold.Sum(Parts, Grid), 11, 13);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(16)]
    public void Read_RangesOfAnySplit_GiveTheSameSha256(int workers)
    {
        using var merged = new MemoryStream();
        var writer = new SumsWriter(merged, Dimension, 11, 13, UpdateFiles.Base, UpdateFiles.Layout);
        foreach (var range in BlockRange.Split(10, workers))
            Read(Write(range), range, (_, sums) => writer.Write(sums));
        writer.Complete();
        Assert.Equal(Hashes.Of(Whole), Hashes.Of(merged.ToArray()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Run_OnThreads_HandsOnTheSameSumsInOrder(int threads)
    {
        using var merged = new MemoryStream();
        var writer = new SumsWriter(merged, Dimension, 11, 13, UpdateFiles.Base, UpdateFiles.Layout);
        var blocks = new List<int>();
        new ThreadedFold(new BlockFold(Inputs(Parts), Grid), threads).Run(
            new BlockRange(0, 10),
            (block, sums) =>
            {
                blocks.Add(block);
                writer.Write(sums);
            },
            CancellationToken.None);
        writer.Complete();
        Assert.Equal(Enumerable.Range(0, 10), blocks);
        Assert.Equal(Hashes.Of(Whole), Hashes.Of(merged.ToArray()));
    }

    [Fact]
    public void Sum_InputsInAnyOrder_GiveTheSameSha256()
    {
        var random = new Random(3);
        for (var i = 0; i < 6; i++)
        {
            var shuffled = Parts.ToArray();
            random.Shuffle(shuffled);
            Assert.Equal(Hashes.Of(Whole), Hashes.Of(SumsFiles.Write(TestFold.Sum(shuffled, Grid), 11, 13)));
        }
    }

    [Fact]
    public void Sum_OnceCompiled_AllocatesNothingABlock()
    {
        var fold = new BlockFold(Inputs(Parts), Grid);
        var sums = new long[8192];
        // The runtime itself allocates now and then, when it compiles or initialises; a fold would in every pass.
        Assert.Equal(0, Enumerable.Range(0, 10).Min(_ => AllocatedInOnePass()));

        long AllocatedInOnePass()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var block = 0; block < 9; block++)
                fold.Sum(block, sums);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Read_DamagedShortLongOrAnothers_IsRefused()
    {
        var range = new BlockRange(0, 2);
        var bytes = Write(range);
        var flipped = (byte[])bytes.Clone();
        flipped[1000] ^= 1;
        Refused(flipped, "do not match their checksum");
        Refused(bytes[..^1], "bytes, not");
        Refused([.. bytes, 0], "bytes, not");
        var others = (byte[])bytes.Clone();
        others[0] ^= 1;
        Refused(others, "of another merge");

        void Refused(byte[] wrong, string reason) => Assert.Contains(
            reason,
            Assert.Throws<InvalidDataException>(() => Read(wrong, range, (_, _) => { })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Write_RangeOutsideTheBlocks_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Write(new BlockRange(9, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Write(new BlockRange(-1, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Read(Write(new BlockRange(0, 2)), new BlockRange(9, 2), (_, _) => { }));
    }

    [Fact]
    public void Run_DamagedBlock_IsReported()
    {
        var file = UpdateFiles.Build(Deltas.OnGrid(5, Dimension, Grid));
        var fold = new ThreadedFold(new BlockFold([new FoldInput(UpdateFiles.Open(file), 1)], Grid), 2);
        file[^1] ^= 4;
        Assert.Contains(
            "block 9 does not match its checksum",
            Assert.Throws<InvalidDataException>(
                () => fold.Run(new BlockRange(0, 10), (_, _) => { }, CancellationToken.None)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, 3)]
    [InlineData(0, 2)]
    [InlineData(2, 5)]
    public void Split_CoversEveryBlockOnceInOrder(int blocks, int parts)
    {
        var ranges = BlockRange.Split(blocks, parts);
        Assert.Equal(parts, ranges.Length);
        Assert.Equal(
            Enumerable.Range(0, blocks), ranges.SelectMany(range => Enumerable.Range(range.First, range.Count)));
    }

    private static byte[] Write(BlockRange range)
    {
        using var stream = new MemoryStream();
        RangeSums.Write(new BlockFold(Inputs(Parts), Grid), range, Merge, stream, CancellationToken.None);
        return stream.ToArray();
    }

    private static void Read(byte[] bytes, BlockRange range, ThreadedFold.Sink sink) =>
        RangeSums.Read(new MemoryReader(bytes), range, Dimension, Merge, sink, CancellationToken.None);

    private static FoldInput[] Inputs(IEnumerable<Part> parts) =>
        [.. parts.Select(part => new FoldInput(UpdateFiles.Open(part.File), part.Factor))];
}
