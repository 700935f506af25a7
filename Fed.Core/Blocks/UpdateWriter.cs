using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using Fed.Core.Codecs;

namespace Fed.Core.Blocks;

/// <summary>Encodes a participant's delta as an update file.</summary>
public static class UpdateWriter
{
    /// <param name="destination">Seekable: the index stands before the blocks but is known after them.</param>
    /// <param name="delta">The flat vector, not empty, finite.</param>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="baseModel">SHA-256 (lower-case hex) of the model that was trained from.</param>
    public static void Write(
        Stream destination,
        ReadOnlySpan<float> delta,
        IBlockCodec codec,
        long examples,
        string baseModel,
        string layoutHash)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        if (delta.IsEmpty)
            throw new ArgumentException("an update needs at least one parameter", nameof(delta));
        var header = new BlockFileHeader(
            BlockFileKind.Update,
            codec.Id,
            BlockFileHeader.StandardBlockLength,
            delta.Length,
            examples,
            Count: 1,
            baseModel,
            layoutHash);
        var start = destination.Position;
        var index = new byte[header.BlockCount * BlockFileHeader.IndexEntrySize];
        destination.Position = start + BlockFileHeader.Size + index.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(codec.MaxEncodedLength(header.BlockLength));
        try
        {
            for (var block = 0; block < header.BlockCount; block++)
            {
                var values = delta.Slice(block * header.BlockLength, header.LengthOf(block));
                var encoded = buffer.AsSpan(0, codec.Encode(values, buffer));
                destination.Write(encoded);
                BlockIndexEntry.Of(encoded).Write(index.AsSpan(block * BlockFileHeader.IndexEntrySize));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        var end = destination.Position;
        destination.Position = start;
        destination.Write(Seal(header, index));
        destination.Write(index);
        destination.Position = end;
    }

    private static byte[] Seal(BlockFileHeader header, ReadOnlySpan<byte> index)
    {
        var head = new byte[BlockFileHeader.Size];
        header.Write(head);
        var hash = new XxHash3();
        hash.Append(head.AsSpan(0, BlockFileHeader.HashedSize));
        hash.Append(index);
        BinaryPrimitives.WriteUInt64LittleEndian(
            head.AsSpan(BlockFileHeader.HashedSize), hash.GetCurrentHashAsUInt64());
        return head;
    }
}
