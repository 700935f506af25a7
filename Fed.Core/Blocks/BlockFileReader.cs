using System.Buffers.Binary;
using System.IO.Hashing;
using Fed.Core.Codecs;
using Fed.Core.IO;

namespace Fed.Core.Blocks;

/// <summary>
/// Reads single blocks of a stored file and checks each against its index. Safe from several threads.
/// </summary>
public sealed class BlockFileReader
{
    private readonly IRandomReader _source;
    private readonly BlockIndex _index;

    /// <exception cref="InvalidDataException">The file is not a block file, is truncated, or its index
    /// is damaged.</exception>
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
        var hash = new XxHash3();
        hash.Append(head[..BlockFileHeader.HashedSize]);
        _index = new BlockIndex(
            source,
            position: IndexFirst ? head.Length : source.Length - indexBytes - sizeof(ulong),
            Header.BlockCount,
            first: head.Length + (IndexFirst ? indexBytes : 0),
            hash,
            CheckLength);
        CheckSeal(head, hash.GetCurrentHashAsUInt64());
        var end = _index.End + (IndexFirst ? 0 : indexBytes + sizeof(ulong));
        if (end != source.Length)
            throw new InvalidDataException($"the index describes {end} bytes, the file has {source.Length}");
    }

    public BlockFileHeader Header { get; }

    /// <summary>Length in bytes of the longest encoded block.</summary>
    public int MaxBlockBytes => _index.Longest;

    private bool IndexFirst => Header.Kind == BlockFileKind.Update;

    /// <summary>Reads one encoded block into the buffer and returns the part that it fills.</summary>
    /// <exception cref="InvalidDataException">The bytes do not match the index: bit rot, or a torn write.</exception>
    public ReadOnlySpan<byte> ReadBlock(int block, Span<byte> buffer)
    {
        var (offset, entry) = _index[block];
        var encoded = buffer[..entry.Length];
        _source.Read(offset, encoded);
        return entry.Matches(encoded)
            ? encoded
            : throw new InvalidDataException($"block {block} does not match its checksum");
    }

    /// <summary>One encoded block, in place where the file is in memory, else in the buffer.</summary>
    /// <param name="buffer">At least <see cref="MaxBlockBytes"/> long.</param>
    /// <exception cref="InvalidDataException">The bytes do not match the index: bit rot, or a torn write.</exception>
    public ReadOnlyMemory<byte> ViewBlock(int block, Memory<byte> buffer)
    {
        var (offset, entry) = _index[block];
        var encoded = _source.InPlace(offset, entry.Length);
        if (encoded.Length != entry.Length)
        {
            encoded = buffer[..entry.Length];
            _source.Read(offset, buffer.Span[..entry.Length]);
        }

        return entry.Matches(encoded.Span)
            ? encoded
            : throw new InvalidDataException($"block {block} does not match its checksum");
    }

    /// <summary>Where a block's bytes stand, unchecked, to be fetched into a cache; empty if not in memory.</summary>
    public ReadOnlyMemory<byte> Ahead(int block)
    {
        var (offset, entry) = _index[block];
        return _source.InPlace(offset, entry.Length);
    }

    private int MaxEncodedLength(int count) => Header.Kind == BlockFileKind.Sums
        ? checked(count * sizeof(long))
        : BlockCodecs.ById(Header.CodecId).MaxEncodedLength(count);

    private void CheckLength(int block, BlockIndexEntry entry)
    {
        var most = MaxEncodedLength(Header.LengthOf(block));
        if (entry.Length > most || (!IndexFirst && entry.Length < most))
            throw new InvalidDataException($"block {block} has {entry.Length} bytes; {most} are possible");
    }

    private void CheckSeal(ReadOnlySpan<byte> head, ulong hash)
    {
        Span<byte> stored = stackalloc byte[sizeof(ulong)];
        if (IndexFirst)
            head[BlockFileHeader.HashedSize..].CopyTo(stored);
        else if (head[BlockFileHeader.HashedSize..].ContainsAnyExcept((byte)0))
            throw new InvalidDataException("bytes 104-111 are not zero: the checksum of sums stands at the end");
        else
            _source.Read(_source.Length - sizeof(ulong), stored);
        if (hash != BinaryPrimitives.ReadUInt64LittleEndian(stored))
            throw new InvalidDataException("header and index do not match their checksum");
    }
}
