using System.Buffers.Binary;
using System.IO.Hashing;
using Fed.Core.IO;

namespace Fed.Core.Blocks;

/// <summary>
/// The index of a stored block file. It was checked whole when the file was opened; of its pages only those last used
/// stay in memory, and a page that is read again must have the checksum it had. So an open file costs a few KB, and a
/// fold's memory does not grow with the model. Safe from several threads.
/// </summary>
internal sealed class BlockIndex
{
    /// <summary>Blocks a page.</summary>
    public const int PageLength = 64;

    /// <summary>Pages in memory: for each of two threads the one it is at and the one ahead.</summary>
    private const int Kept = 4;

    private readonly IRandomReader _source;
    private readonly long _position;
    private readonly int _count;
    private readonly (long Offset, ulong Hash)[] _pages;
    private readonly Page[] _kept;
    private readonly Lock _gate = new();
    private int _turn;

    /// <summary>Reads the index once, page by page.</summary>
    /// <param name="position">Where the index begins in the file.</param>
    /// <param name="first">Where the first block begins in the file.</param>
    /// <param name="hash">The checksum of header and index: the index's bytes are appended.</param>
    /// <param name="check">Called with each block and its entry; throws on one that cannot be.</param>
    /// <exception cref="InvalidDataException">An entry is malformed.</exception>
    public BlockIndex(
        IRandomReader source, long position, int count, long first, XxHash3 hash, Action<int, BlockIndexEntry> check)
    {
        (_source, _position, _count) = (source, position, count);
        _pages = new (long, ulong)[(count + PageLength - 1) / PageLength];
        _kept = new Page[Math.Min(Kept, _pages.Length)];
        for (var i = 0; i < _kept.Length; i++)
            _kept[i] = new Page();
        Span<byte> buffer = stackalloc byte[PageLength * BlockFileHeader.IndexEntrySize];
        End = first;
        for (var p = 0; p < _pages.Length; p++)
        {
            var bytes = buffer[..(LengthOf(p) * BlockFileHeader.IndexEntrySize)];
            source.Read(PositionOf(p), bytes);
            hash.Append(bytes);
            _pages[p] = (End, XxHash3.HashToUInt64(bytes));
            for (var i = 0; i < LengthOf(p); i++)
            {
                var entry = BlockIndexEntry.Read(bytes[(i * BlockFileHeader.IndexEntrySize)..]);
                check(p * PageLength + i, entry);
                Longest = Math.Max(Longest, entry.Length);
                End += entry.Length;
            }
        }
    }

    /// <summary>Where the last block ends in the file.</summary>
    public long End { get; }

    /// <summary>Length in bytes of the longest block.</summary>
    public int Longest { get; }

    /// <summary>Where a block begins in the file, and what it must be.</summary>
    /// <exception cref="InvalidDataException">The index on disk is no longer what it was.</exception>
    public (long Offset, BlockIndexEntry Entry) this[int block]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)block, (uint)_count, nameof(block));
            var number = block / PageLength;
            lock (_gate)
            {
                foreach (var page in _kept)
                {
                    if (page.Number == number)
                        return page.Blocks[block % PageLength];
                }

                // The memory of a page is used again: garbage would grow with the number of blocks.
                var next = _kept[_turn];
                _turn = (_turn + 1) % _kept.Length;
                Load(number, next);
                return next.Blocks[block % PageLength];
            }
        }
    }

    private void Load(int number, Page page)
    {
        Span<byte> bytes = stackalloc byte[LengthOf(number) * BlockFileHeader.IndexEntrySize];
        _source.Read(PositionOf(number), bytes);
        var (offset, hash) = _pages[number];
        if (XxHash3.HashToUInt64(bytes) != hash)
        {
            throw new InvalidDataException(
                $"the index from block {number * PageLength} on has changed since it was opened");
        }

        for (var i = 0; i < LengthOf(number); i++)
        {
            var entry = BlockIndexEntry.Read(bytes[(i * BlockFileHeader.IndexEntrySize)..]);
            page.Blocks[i] = (offset, entry);
            offset += entry.Length;
        }

        page.Number = number;
    }

    private int LengthOf(int page) => Math.Min(PageLength, _count - page * PageLength);

    private long PositionOf(int page) => _position + (long)page * PageLength * BlockFileHeader.IndexEntrySize;

    private sealed class Page
    {
        public int Number { get; set; } = -1;

        public (long Offset, BlockIndexEntry Entry)[] Blocks { get; } = new (long, BlockIndexEntry)[PageLength];
    }
}

/// <summary>Where the index says what a block must be.</summary>
/// <param name="Hash">XxHash3 of the encoded block.</param>
/// <param name="Length">Its length in bytes.</param>
public readonly record struct BlockIndexEntry(ulong Hash, int Length)
{
    public static BlockIndexEntry Of(ReadOnlySpan<byte> encoded) =>
        new(XxHash3.HashToUInt64(encoded), encoded.Length);

    public bool Matches(ReadOnlySpan<byte> encoded) =>
        encoded.Length == Length && XxHash3.HashToUInt64(encoded) == Hash;

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Hash);
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], Length);
        BinaryPrimitives.WriteInt32LittleEndian(destination[12..], 0);
    }

    /// <exception cref="InvalidDataException">A negative length, or reserved bytes that are not zero.</exception>
    public static BlockIndexEntry Read(ReadOnlySpan<byte> source)
    {
        var entry = new BlockIndexEntry(
            BinaryPrimitives.ReadUInt64LittleEndian(source),
            BinaryPrimitives.ReadInt32LittleEndian(source[8..]));
        return entry.Length >= 0 && BinaryPrimitives.ReadInt32LittleEndian(source[12..]) == 0
            ? entry
            : throw new InvalidDataException("an index entry is malformed");
    }
}
