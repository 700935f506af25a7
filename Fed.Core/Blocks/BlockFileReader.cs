using System.Buffers.Binary;
using System.IO.Hashing;
using Fed.Core.Codecs;
using Fed.Core.IO;

namespace Fed.Core.Blocks;

/// <summary>Reads single blocks of a stored file and checks each against its index. Safe from several
/// threads.</summary>
public sealed class BlockFileReader
{
    private readonly IRandomReader _source;
    private readonly BlockIndexEntry[] _index;
    private readonly long[] _offsets;

    /// <exception cref="InvalidDataException">The file is not a block file, is truncated, or its index is
    /// damaged.</exception>
    public BlockFileReader(IRandomReader source)
    {
        _source = source;
        Span<byte> head = stackalloc byte[BlockFileHeader.Size];
        if (source.Length < head.Length)
            throw new InvalidDataException($"a block file has at least {head.Length} bytes, this has {source.Length}");
        source.Read(0, head);
        Header = BlockFileHeader.Read(head);
        var indexBytes = (long)Header.BlockCount * BlockFileHeader.IndexEntrySize;
        if (Header.Kind == BlockFileKind.Sums && Header.CodecId != BlockCodecs.Int64Sums)
            throw new InvalidDataException($"codec id {Header.CodecId} is not that of sums, {BlockCodecs.Int64Sums}");
        var least = head.Length + indexBytes + (IndexFirst ? 0 : sizeof(ulong));
        if (source.Length < least)
            throw new InvalidDataException($"{source.Length} bytes are too few for {Header.BlockCount} blocks");
        var index = new byte[indexBytes];
        ReadIndex(head, index);

        _index = new BlockIndexEntry[Header.BlockCount];
        _offsets = new long[Header.BlockCount];
        var offset = BlockFileHeader.Size + (IndexFirst ? indexBytes : 0);
        for (var i = 0; i < _index.Length; i++)
        {
            _index[i] = BlockIndexEntry.Read(index.AsSpan(i * BlockFileHeader.IndexEntrySize));
            _offsets[i] = offset;
            offset += _index[i].Length;
            var most = MaxEncodedLength(Header.LengthOf(i));
            if (_index[i].Length > most || (!IndexFirst && _index[i].Length < most))
                throw new InvalidDataException($"block {i} has {_index[i].Length} bytes; {most} are possible");
        }

        var end = offset + (IndexFirst ? 0 : indexBytes + sizeof(ulong));
        if (end != source.Length)
            throw new InvalidDataException($"the index describes {end} bytes, the file has {source.Length}");
        MaxBlockBytes = _index.Max(entry => entry.Length);
    }

    public BlockFileHeader Header { get; }

    /// <summary>Length in bytes of the longest encoded block.</summary>
    public int MaxBlockBytes { get; }

    private bool IndexFirst => Header.Kind == BlockFileKind.Update;

    /// <summary>Reads one encoded block into the buffer and returns the part that it fills.</summary>
    /// <exception cref="InvalidDataException">The bytes do not match the index: bit rot, or a torn write.</exception>
    public ReadOnlySpan<byte> ReadBlock(int block, Span<byte> buffer)
    {
        var entry = _index[block];
        var encoded = buffer[..entry.Length];
        _source.Read(_offsets[block], encoded);
        return entry.Matches(encoded)
            ? encoded
            : throw new InvalidDataException($"block {block} does not match its checksum");
    }

    /// <summary>One encoded block, in place where the file is in memory, else in the buffer.</summary>
    /// <param name="buffer">At least <see cref="MaxBlockBytes"/> long.</param>
    /// <exception cref="InvalidDataException">The bytes do not match the index: bit rot, or a torn write.</exception>
    public ReadOnlyMemory<byte> ViewBlock(int block, Memory<byte> buffer)
    {
        var entry = _index[block];
        var encoded = _source.InPlace(_offsets[block], entry.Length);
        if (encoded.Length != entry.Length)
        {
            encoded = buffer[..entry.Length];
            _source.Read(_offsets[block], buffer.Span[..entry.Length]);
        }

        return entry.Matches(encoded.Span)
            ? encoded
            : throw new InvalidDataException($"block {block} does not match its checksum");
    }

    /// <summary>Where a block's bytes stand, unchecked, to be fetched into a cache; empty if not in memory.</summary>
    public ReadOnlyMemory<byte> Ahead(int block) => _source.InPlace(_offsets[block], _index[block].Length);

    private int MaxEncodedLength(int count) => Header.Kind == BlockFileKind.Sums
        ? checked(count * sizeof(long))
        : BlockCodecs.ById(Header.CodecId).MaxEncodedLength(count);

    private void ReadIndex(ReadOnlySpan<byte> head, Span<byte> index)
    {
        var hash = new XxHash3();
        hash.Append(head[..BlockFileHeader.HashedSize]);
        var position = IndexFirst ? BlockFileHeader.Size : _source.Length - index.Length - sizeof(ulong);
        _source.Read(position, index);
        hash.Append(index);
        Span<byte> stored = stackalloc byte[sizeof(ulong)];
        if (IndexFirst)
            head[BlockFileHeader.HashedSize..].CopyTo(stored);
        else if (head[BlockFileHeader.HashedSize..].ContainsAnyExcept((byte)0))
            throw new InvalidDataException("bytes 104-111 are not zero: the checksum of sums stands at the end");
        else
            _source.Read(_source.Length - sizeof(ulong), stored);
        if (hash.GetCurrentHashAsUInt64() != BinaryPrimitives.ReadUInt64LittleEndian(stored))
            throw new InvalidDataException("header and index do not match their checksum");
    }
}
