using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Fed.Core.Blocks;
using Fed.Core.IO;

namespace Fed.Core.Aggregation;

/// <summary>
/// The sums of a range of blocks, as a fold worker hands them back: 16 bytes that name the merge they are for, int64
/// values in order, little-endian, and the XxHash3 of both. Ranges that are read in order give the sums of one worker,
/// bit for
/// bit. All are of <see cref="BlockFileHeader.StandardBlockLength"/>.
/// </summary>
public static class RangeSums
{
    private const int NameBytes = 16;

    /// <summary>Folds the range, block by block, in the memory of one block.</summary>
    public static void Write(
        IBlockFold fold, BlockRange range, Guid merge, Stream destination, CancellationToken cancellationToken)
    {
        RequireInside(range, fold.BlockCount);
        var buffer = new long[fold.BlockLength];
        var hash = new XxHash3();
        Put(merge.ToByteArray());
        for (var block = range.First; block < range.End; block++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var sums = buffer.AsSpan(0, fold.LengthOf(block));
            fold.Sum(block, sums);
            Put(MemoryMarshal.AsBytes(sums));
        }

        Span<byte> checksum = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(checksum, hash.GetCurrentHashAsUInt64());
        destination.Write(checksum);

        void Put(ReadOnlySpan<byte> bytes)
        {
            hash.Append(bytes);
            destination.Write(bytes);
        }
    }

    /// <summary>
    /// Hands on the blocks of a range in order. They are checked as they are read: what was handed on before an
    /// exception must be discarded.
    /// </summary>
    /// <param name="dimension">Length of the flat vector.</param>
    /// <exception cref="InvalidDataException">Not of this merge, of another length, or the
    /// checksum differs.</exception>
    public static void Read(
        IRandomReader source,
        BlockRange range,
        long dimension,
        Guid merge,
        ThreadedFold.Sink sink,
        CancellationToken cancellationToken)
    {
        const int Length = BlockFileHeader.StandardBlockLength;
        RequireInside(range, BlockFileHeader.BlocksOf(dimension, Length));
        var first = (long)range.First * Length;
        var values = Math.Min(dimension, (long)range.End * Length) - first;
        var expected = NameBytes + values * sizeof(long) + sizeof(ulong);
        if (source.Length != expected)
            throw new InvalidDataException($"the sums of {range} have {source.Length} bytes, not {expected}");
        var hash = new XxHash3();
        var position = 0L;
        Span<byte> name = stackalloc byte[NameBytes];
        Take(name);
        if (new Guid(name) != merge)
            throw new InvalidDataException($"the sums of {range} are of another merge");
        var buffer = new long[Length];
        for (var block = range.First; block < range.End; block++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var sums = buffer.AsSpan(0, (int)Math.Min(Length, dimension - (long)block * Length));
            Take(MemoryMarshal.AsBytes(sums));
            sink(block, sums);
        }

        Span<byte> checksum = stackalloc byte[sizeof(ulong)];
        source.Read(position, checksum);
        if (BinaryPrimitives.ReadUInt64LittleEndian(checksum) != hash.GetCurrentHashAsUInt64())
            throw new InvalidDataException($"the sums of {range} do not match their checksum");

        void Take(Span<byte> bytes)
        {
            source.Read(position, bytes);
            hash.Append(bytes);
            position += bytes.Length;
        }
    }

    private static void RequireInside(BlockRange range, int blocks)
    {
        if (range.First < 0 || range.Count < 0 || range.Count > blocks - range.First)
            throw new ArgumentOutOfRangeException(nameof(range), $"{range} is outside the {blocks} blocks");
    }
}
