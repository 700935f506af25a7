using Fed.Core.Blocks;
using Fed.Core.IO;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Blocks;

/// <summary>A few bytes that claim terabytes are refused before memory is set aside for them.</summary>
public sealed class OversizedClaimTests
{
    private const long Little = 256 << 10;
    private static readonly byte[] File = UpdateFiles.Build(new float[8192 + 3]);

    [Theory]
    [InlineData(16, BlockFileHeader.MaxDimension, 8)] // dimension: 2^31 - 1 blocks
    [InlineData(16, long.MaxValue, 8)]
    [InlineData(16, 1L << 33, 8)]
    [InlineData(112 + 8, int.MaxValue, 4)] // length of block 0
    public async Task Copy_Claim_IsRefusedWithLittleMemory(int offset, long value, int bytes)
    {
        var file = UpdateFiles.WithField(File, offset, value, bytes);
        var expectation = UpdateFiles.Expect(8192 + 3);
        await UpdateFiles.TakeAsync(File, expectation); // fills the shared pools
        var before = GC.GetAllocatedBytesForCurrentThread();
        var copy = UpdateIntake.CopyAsync(new MemoryStream(file), Stream.Null, expectation, CancellationToken.None);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        await Assert.ThrowsAsync<UpdateFaultException>(() => copy);
        Assert.InRange(allocated, 0, Little);
    }

    [Theory]
    [InlineData(16, BlockFileHeader.MaxDimension, 8)]
    [InlineData(16, long.MaxValue, 8)]
    [InlineData(16, 1L << 33, 8)]
    [InlineData(112 + 8, int.MaxValue, 4)]
    public void Reader_Claim_IsRefusedWithLittleMemory(int offset, long value, int bytes)
    {
        var reader = new MemoryReader(UpdateFiles.WithField(File, offset, value, bytes));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => new BlockFileReader(reader));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Little);
    }

    [Fact]
    public void MaxBytes_OfAHugeModel_DoesNotOverflow()
    {
        // 10^12 parameters in float32: 4 bytes each, 16 a block, and the last block counted in full.
        var most = UpdateFiles.Expect(1_000_000_000_000).MaxBytes;
        Assert.InRange(most, 4_000_000_000_000, 4_002_000_000_000);
    }
}
