using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Fed.Core.Codecs;

namespace Fed.Core.Blocks;

/// <summary>Writes a partial aggregate's sums in one pass: header, blocks in order, index, checksum.</summary>
public sealed class SumsWriter
{
    private readonly Stream _destination;
    private readonly BlockFileHeader _header;
    private readonly byte[] _index;
    private readonly XxHash3 _hash = new();
    private int _next;

    /// <param name="weight">W, at least 1.</param>
    /// <param name="count">Contributions, at least 1.</param>
    public SumsWriter(
        Stream destination, long dimension, long weight, long count, string baseModel, string layoutHash)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(weight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _destination = destination;
        _header = new BlockFileHeader(
            BlockFileKind.Sums,
            BlockCodecs.Int64Sums,
            BlockFileHeader.StandardBlockLength,
            dimension,
            weight,
            count,
            baseModel,
            layoutHash);
        _index = new byte[_header.BlockCount * BlockFileHeader.IndexEntrySize];
        var head = new byte[BlockFileHeader.Size];
        _header.Write(head);
        _hash.Append(head.AsSpan(0, BlockFileHeader.HashedSize));
        destination.Write(head);
    }

    /// <summary>The next block, in order.</summary>
    public void Write(ReadOnlySpan<long> sums)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sums.Length, _header.LengthOf(_next));
        var bytes = MemoryMarshal.AsBytes(sums);
        _destination.Write(bytes);
        BlockIndexEntry.Of(bytes).Write(_index.AsSpan(_next++ * BlockFileHeader.IndexEntrySize));
    }

    /// <summary>Writes the index, once all blocks are written.</summary>
    public void Complete()
    {
        if (_next != _header.BlockCount)
            throw new InvalidOperationException($"{_next} of {_header.BlockCount} blocks were written");
        _hash.Append(_index);
        _destination.Write(_index);
        Span<byte> checksum = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(checksum, _hash.GetCurrentHashAsUInt64());
        _destination.Write(checksum);
    }
}
