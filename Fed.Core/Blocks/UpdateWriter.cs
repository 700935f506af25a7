using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics.Tensors;
using Fed.Core.Codecs;

namespace Fed.Core.Blocks;

/// <summary>Encodes a participant's delta as an update file.</summary>
public static class UpdateWriter
{
    /// <param name="destination">Seekable: the index stands before the blocks but is known after them.</param>
    /// <param name="delta">The flat vector, not empty, finite.</param>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="baseModel">SHA-256 (lower-case hex) of the model that was trained from.</param>
    /// <param name="seed">Of stochastic rounding; null: to the nearest.</param>
    public static void Write(
        Stream destination,
        ReadOnlySpan<float> delta,
        IBlockCodec codec,
        long examples,
        string baseModel,
        string layoutHash,
        ulong? seed = null) =>
        Write(destination, delta, [], codec, examples, baseModel, layoutHash, seed);

    /// <summary>
    /// Encodes, and leaves in <paramref name="delta"/> what the encoding has left out: the residual that error feedback
    /// adds to the next delta (Karimireddy 2019, algorithm 1: e = p - D).
    /// </summary>
    public static void WriteLeavingResidual(
        Stream destination,
        Span<float> delta,
        IBlockCodec codec,
        long examples,
        string baseModel,
        string layoutHash,
        ulong? seed = null) =>
        Write(destination, delta, delta, codec, examples, baseModel, layoutHash, seed);

    /// <summary>Size of an update file of so many parameters whose values stand there as they are.</summary>
    public static long UncompressedSize(long dimension)
    {
        const int BlockLength = BlockFileHeader.StandardBlockLength;
        var blocks = (dimension + BlockLength - 1) / BlockLength;
        return BlockFileHeader.Size + blocks * BlockFileHeader.IndexEntrySize + dimension * sizeof(float);
    }

    private static void Write(
        Stream destination,
        ReadOnlySpan<float> delta,
        Span<float> residual,
        IBlockCodec codec,
        long examples,
        string baseModel,
        string layoutHash,
        ulong? seed)
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
        var encoder = codec.CreateEncoder(delta, seed);
        var buffer = ArrayPool<byte>.Shared.Rent(codec.MaxEncodedLength(header.BlockLength));
        var decoded = ArrayPool<float>.Shared.Rent(header.BlockLength);
        try
        {
            for (var block = 0; block < header.BlockCount; block++)
            {
                var first = block * header.BlockLength;
                var values = delta.Slice(first, header.LengthOf(block));
                var encoded = buffer.AsSpan(0, encoder.Encode(values, buffer));
                destination.Write(encoded);
                BlockIndexEntry.Of(encoded).Write(index.AsSpan(block * BlockFileHeader.IndexEntrySize));
                if (residual.IsEmpty)
                    continue;
                var sent = decoded.AsSpan(0, values.Length);
                codec.Decode(encoded, sent);
                TensorPrimitives.Subtract(values, sent, residual.Slice(first, values.Length));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            ArrayPool<float>.Shared.Return(decoded);
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
