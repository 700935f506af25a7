using Fed.Core.Blocks;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Blocks;

/// <summary>One test a fault: what is said, and that it is said for the reason given.</summary>
public sealed class UpdateIntakeTests
{
    private const int Dimension = 8192 + 3;
    private const int Values = 112 + 2 * 16; // where the first value stands
    private static readonly float[] Delta = Deltas.OnGrid(1, Dimension, UpdateFiles.Grid);

    [Fact]
    public async Task Copy_EmptyBody_IsTruncated() =>
        await RefusedAsync([], UpdateFault.Truncated, "the header ends after 0 of 112 bytes");

    [Fact]
    public async Task Copy_NotABlockFile_IsMalformed() =>
        await RefusedAsync(new byte[500], UpdateFault.Malformed, "does not start with 'FEDB'");

    [Theory]
    [InlineData(4, 2, 2, "format version 2 is not known; this build reads 1")]
    [InlineData(6, 3, 2, "kind 3 is not known")]
    [InlineData(6, 2, 2, "kind Sums is not an update")]
    [InlineData(10, 1, 2, "reserved bytes 10-11 are not zero")]
    [InlineData(12, 4096, 4, "block length 4096 is not 8192")]
    [InlineData(16, 0, 8, "dimension 0 is outside")]
    [InlineData(16, -1, 8, "dimension 18446744073709551615 is outside")]
    [InlineData(16, long.MaxValue, 8, "is outside")]
    [InlineData(24, 0, 8, "weight 0 and count 1 must be 1 to 9223372036854775807")]
    [InlineData(24, -9, 8, "weight 18446744073709551607 and count 1 must be 1 to")]
    [InlineData(32, 0, 8, "weight 7 and count 0 must be 1 to")]
    [InlineData(32, 2, 8, "an update is 1 contribution, this says 2")]
    [InlineData(112 + 8, -1, 4, "an index entry is malformed")]
    [InlineData(112 + 12, 1, 4, "an index entry is malformed")]
    [InlineData(112 + 8, 4 * 8192 + 1, 4, "block 0 claims 32769 bytes; at most 32768 are possible")]
    [InlineData(112 + 8, int.MaxValue, 4, "block 0 claims 2147483647 bytes; at most 32768 are possible")]
    [InlineData(112 + 8, 0, 4, "block 0: a float32 block of 8192 values has 32768 bytes, not 0")]
    [InlineData(112 + 24, 8, 4, "block 1: a float32 block of 3 values has 12 bytes, not 8")]
    public async Task Copy_FieldOutOfRange_IsMalformed(int offset, long value, int bytes, string message) =>
        await RefusedAsync(
            UpdateFiles.WithField(UpdateFiles.Build(Delta), offset, value, bytes), UpdateFault.Malformed, message);

    [Theory]
    [InlineData(Dimension - 1)]
    [InlineData(Dimension + 1)]
    [InlineData(8192)]
    [InlineData(1)]
    public async Task Copy_OtherDimension_IsALayoutMismatch(int dimension) => await RefusedAsync(
        UpdateFiles.Build(new float[dimension]),
        UpdateFault.LayoutMismatch,
        $"the update has {dimension} parameters",
        $"the federation has {Dimension}");

    [Fact]
    public async Task Copy_OtherLayout_NamesBoth() => await RefusedAsync(
        UpdateFiles.Build(Delta, layout: Hashes.Of("another")),
        UpdateFault.LayoutMismatch,
        Hashes.Of("another"),
        UpdateFiles.Layout);

    [Theory]
    [InlineData(2, "codec id 2 is not the federation's codec float32 (1)")]
    [InlineData(100, "codec id 100 is not")]
    [InlineData(999, "codec id 999 is not")]
    public async Task Copy_OtherCodec_IsNotAllowed(ushort codec, string message) => await RefusedAsync(
        UpdateFiles.WithField(UpdateFiles.Build(Delta), 8, codec, 2), UpdateFault.CodecNotAllowed, message);

    [Theory]
    [InlineData(0, float.NaN, UpdateFault.NotFinite, "parameter 0 is NaN; every value must be finite")]
    [InlineData(8191, float.PositiveInfinity, UpdateFault.NotFinite, "parameter 8191 is Infinity")]
    [InlineData(8194, float.NegativeInfinity, UpdateFault.NotFinite, "parameter 8194 is -Infinity")]
    [InlineData(8192, 4.0000005f, UpdateFault.BeyondBound, "parameter 8192 is 4.0000005; the bound is 4")]
    [InlineData(77, -1e9f, UpdateFault.BeyondBound, "parameter 77 is -1E+09; the bound is 4")]
    public async Task Copy_BadValue_NamesParameterAndValue(int parameter, float value, UpdateFault fault, string message)
    {
        var delta = (float[])Delta.Clone();
        delta[parameter] = value;
        await RefusedAsync(UpdateFiles.Build(delta), fault, message);
    }

    [Fact]
    public async Task Copy_Int8ScaleBeyondTheBound_IsRefused()
    {
        var file = UpdateFiles.Build([4f, 1f], "int8");
        BitConverter.GetBytes(0.04f).CopyTo(file, 112 + 16); // 127 x 0.04 = 5.08
        UpdateFiles.Reseal(file);
        var refusal = await Assert.ThrowsAsync<UpdateFaultException>(
            () => UpdateFiles.TakeAsync(file, UpdateFiles.Expect(2, "int8")));
        Assert.Equal(UpdateFault.BeyondBound, refusal.Fault);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4 * Dimension - 1)]
    public async Task Copy_FlippedBlockByte_NamesTheBlock(int at)
    {
        var file = UpdateFiles.Build(Delta);
        file[Values + at] ^= 0x10;
        await RefusedAsync(file, UpdateFault.ChecksumMismatch, $"block {(at == 0 ? 0 : 1)} does not match its checksum");
    }

    [Fact]
    public async Task Copy_FlippedExamples_IsAChecksumMismatch()
    {
        var file = UpdateFiles.Build(Delta);
        file[25] ^= 1;
        await RefusedAsync(file, UpdateFault.ChecksumMismatch, "header and index do not match their checksum");
    }

    [Fact]
    public async Task Copy_TrailingByte_IsTooLarge() => await RefusedAsync(
        [.. UpdateFiles.Build(Delta), 0], UpdateFault.TooLarge, "bytes follow the last block that the index names");

    [Fact]
    public async Task Copy_Cancelled_Stops()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => UpdateIntake.CopyAsync(
            new MemoryStream(UpdateFiles.Build(Delta)), Stream.Null, UpdateFiles.Expect(Dimension), cancelled.Token));
    }

    private static async Task RefusedAsync(byte[] file, UpdateFault fault, params string[] parts)
    {
        var refusal = await Assert.ThrowsAsync<UpdateFaultException>(
            () => UpdateFiles.TakeAsync(file, UpdateFiles.Expect(Dimension)));
        Assert.Equal(fault, refusal.Fault);
        Assert.All(parts, part => Assert.Contains(part, refusal.Message, StringComparison.Ordinal));
        Assert.NotEmpty(refusal.Remedy);
    }
}
