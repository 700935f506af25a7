using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Fed.Core.Blocks;

namespace Fed.Core.Aggregation;

/// <summary>
/// The sums of a range of blocks, as a stateless fold worker hands them back: int64 values in order, little-endian,
/// then
/// their XxHash3. Ranges that are appended in order make the sums file that one worker would have written, bit for bit.
/// </summary>
public static class RangeSums
{
    /// <summary>Folds the range, block by block, in the memory of one block.</summary>
    public static void Write(BlockFold fold, BlockRange range, Stream destination, CancellationToken cancellationToken)
    {
        RequireInside(range, fold.BlockCount);
        var buffer = new long[fold.BlockLength];
        var hash = new XxHash3();
        for (var block = range.First; block < range.End; block++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var sums = buffer.AsSpan(0, fold.LengthOf(block));
            fold.Sum(block, sums);
            hash.Append(MemoryMarshal.AsBytes(sums));
            destination.Write(MemoryMarshal.AsBytes(sums));
        }

        Span<byte> checksum = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(checksum, hash.GetCurrentHashAsUInt64());
        destination.Write(checksum);
    }

    /// <summary>Appends a range to the whole, which must stand at its first block.</summary>
    /// <param name="dimension">Length of the flat vector.</param>
    /// <exception cref="InvalidDataException">The bytes end early, go on too long, or do not match their checksum: the
    /// whole must be discarded.</exception>
    public static void Append(Stream source, BlockRange range, long dimension, SumsWriter whole)
    {
        RequireInside(range, BlockFileHeader.BlocksOf(dimension, BlockFileHeader.StandardBlockLength));
        if (whole.NextBlock != range.First)
        {
            throw new ArgumentException(
                $"the whole stands at block {whole.NextBlock}; the range begins at {range.First}");
        }

        var buffer = new long[BlockFileHeader.StandardBlockLength];
        var hash = new XxHash3();
        for (var block = range.First; block < range.End; block++)
        {
            var left = dimension - (long)block * buffer.Length;
            var sums = buffer.AsSpan(0, (int)Math.Min(buffer.Length, left));
            ReadExactly(source, MemoryMarshal.AsBytes(sums), range);
            hash.Append(MemoryMarshal.AsBytes(sums));
            whole.Write(sums);
        }

        Span<byte> checksum = stackalloc byte[sizeof(ulong)];
        ReadExactly(source, checksum, range);
        if (BinaryPrimitives.ReadUInt64LittleEndian(checksum) != hash.GetCurrentHashAsUInt64())
            throw new InvalidDataException($"the sums of {range} do not match their checksum");
        if (source.ReadByte() >= 0)
            throw new InvalidDataException($"bytes follow the sums of {range}");
    }

    private static void ReadExactly(Stream source, Span<byte> buffer, BlockRange range)
    {
        if (source.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length)
            throw new InvalidDataException($"the sums of {range} end early");
    }

    private static void RequireInside(BlockRange range, int blocks)
    {
        if (range.First < 0 || range.Count < 0 || range.Count > blocks - range.First)
            throw new ArgumentOutOfRangeException(nameof(range), $"{range} is outside the {blocks} blocks");
    }
}
