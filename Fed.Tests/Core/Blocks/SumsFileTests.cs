using Fed.Core.Blocks;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Blocks;

public sealed class SumsFileTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(8192)]
    [InlineData(2 * 8192 + 7)]
    public void Write_ThenRead_GivesTheSameSums(int dimension)
    {
        var random = new Random(dimension);
        var sums = Enumerable.Range(0, dimension).Select(_ => random.NextInt64(long.MinValue, long.MaxValue)).ToArray();
        (sums[0], sums[^1]) = (long.MinValue, long.MaxValue);
        var file = SumsFiles.Write(sums, weight: 123_456, count: 9);
        Assert.Equal(sums, SumsFiles.Read(file));
        Assert.Equal(
            new BlockFileHeader(
                BlockFileKind.Sums, 100, 8192, dimension, Weight: 123_456, Count: 9, UpdateFiles.Base, UpdateFiles.Layout),
            UpdateFiles.Open(file).Header);
    }

    [Fact]
    public void Reader_TruncatedAtEveryByte_IsRefused()
    {
        var file = SumsFiles.Write(new long[8192 + 3], weight: 1, count: 1);
        // Around the edges at every byte, inside the large block at every 64th.
        for (var length = 0; length < file.Length; length += length < 400 || file.Length - length < 400 ? 1 : 64)
            Assert.Throws<InvalidDataException>(() => UpdateFiles.Open(file[..length]));
    }

    [Fact]
    public void Reader_EverySingleFlippedBit_IsRefused()
    {
        var file = SumsFiles.Write([1, -2, 3, long.MaxValue, 5], weight: 256, count: 2);
        for (var bit = 0; bit < 8 * file.Length; bit++)
        {
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<InvalidDataException>(() => UpdateFiles.ReadAll(file));
            file[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Reader_TrailingByte_IsRefused() => Assert.Throws<InvalidDataException>(
        () => UpdateFiles.Open([.. SumsFiles.Write([1, 2], weight: 1, count: 1), 0]));

    [Fact]
    public void Reader_OtherCodec_IsRefused()
    {
        var file = SumsFiles.Write([1, 2], weight: 1, count: 1);
        file[8] = 1;
        SumsFiles.Reseal(file, blocks: 1);
        Assert.Contains(
            "codec", Assert.Throws<InvalidDataException>(() => UpdateFiles.Open(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reader_ShortBlockUnderAFittingSeal_IsRefused()
    {
        // 8 bytes for a block of 2 sums: the index agrees with the file, but not with the dimension.
        var file = SumsFiles.Write([1, 2], weight: 1, count: 1).ToList();
        file.RemoveRange(BlockFileHeader.Size, 8);
        var bytes = file.ToArray();
        BitConverter.GetBytes(8).CopyTo(bytes, BlockFileHeader.Size + 8 + 8);
        SumsFiles.Reseal(bytes, blocks: 1);
        Assert.Contains(
            "block 0 has 8 bytes",
            Assert.Throws<InvalidDataException>(() => UpdateFiles.Open(bytes)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Complete_BlocksMissing_IsRefused()
    {
        var writer = new SumsWriter(Stream.Null, 8193, 1, 1, UpdateFiles.Base, UpdateFiles.Layout);
        writer.Write(new long[8192]);
        Assert.Equal("1 of 2 blocks were written", Assert.Throws<InvalidOperationException>(writer.Complete).Message);
    }

    [Fact]
    public void Write_WrongBlockLength_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(
        () => new SumsWriter(Stream.Null, 10, 1, 1, UpdateFiles.Base, UpdateFiles.Layout).Write(new long[9]));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Constructor_NothingFolded_IsRefused(long weight, long count) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new SumsWriter(Stream.Null, 1, weight, count, UpdateFiles.Base, UpdateFiles.Layout));

    [Fact]
    public async Task Intake_SumsAsAnUpdate_IsRefused()
    {
        var file = SumsFiles.Write([1, 2], weight: 1, count: 1);
        var refusal = await Assert.ThrowsAsync<UpdateFaultException>(
            () => UpdateFiles.TakeAsync(file, UpdateFiles.Expect(2)));
        Assert.Equal(UpdateFault.Malformed, refusal.Fault);
    }
}
