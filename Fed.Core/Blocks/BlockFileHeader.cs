using System.Buffers.Binary;

namespace Fed.Core.Blocks;

/// <summary>The first 112 bytes of a block file (docs/protocol.md).</summary>
/// <param name="BlockLength">B: parameters per block; the last block may be shorter.</param>
/// <param name="Dimension">D: length of the flat vector.</param>
/// <param name="Weight">Examples n of an update; W of sums.</param>
/// <param name="Count">1 for an update; contributions folded for sums.</param>
/// <param name="BaseModel">SHA-256 (lower-case hex) of the model that the delta is against.</param>
/// <param name="LayoutHash">SHA-256 (lower-case hex) of the layout's text.</param>
public sealed record BlockFileHeader(
    BlockFileKind Kind,
    ushort CodecId,
    int BlockLength,
    long Dimension,
    long Weight,
    long Count,
    string BaseModel,
    string LayoutHash)
{
    /// <summary>Bytes of the header, its checksum included.</summary>
    public const int Size = 112;

    /// <summary>Bytes before the checksum.</summary>
    public const int HashedSize = 104;

    public const int IndexEntrySize = 16;

    public const ushort Version = 1;

    /// <summary>
    /// Block length of every file of this version: 64 KiB of sums, which stay in the first-level caches.
    /// </summary>
    public const int StandardBlockLength = 8192;

    /// <summary>A vector beyond this has more blocks than an index can name.</summary>
    public const long MaxDimension = (long)StandardBlockLength * int.MaxValue;

    private const uint Magic = 0x42444546; // "FEDB"

    public int BlockCount => BlocksOf(Dimension, BlockLength);

    public static int BlocksOf(long dimension, int blockLength) =>
        checked((int)((dimension + blockLength - 1) / blockLength));

    /// <summary>Parameters in block <paramref name="block"/>.</summary>
    public int LengthOf(int block) => (int)Math.Min(BlockLength, Dimension - (long)block * BlockLength);

    /// <summary>Writes the first <see cref="HashedSize"/> bytes.</summary>
    /// <exception cref="ArgumentException">A hash is not 64 hex digits: it would shift or overwrite
    /// its neighbours.</exception>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[4..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[6..], (ushort)Kind);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[8..], CodecId);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[10..], 0);
        BinaryPrimitives.WriteInt32LittleEndian(destination[12..], BlockLength);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], Dimension);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], Weight);
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], Count);
        WriteHash(BaseModel, "the base model", destination[40..]);
        WriteHash(LayoutHash, "the layout", destination[72..]);
    }

    /// <exception cref="InvalidDataException">Not a block file of this version, or a field out of range.</exception>
    public static BlockFileHeader Read(ReadOnlySpan<byte> source)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic)
            throw new InvalidDataException("this is not a block file: it does not start with 'FEDB'");
        var version = BinaryPrimitives.ReadUInt16LittleEndian(source[4..]);
        if (version != Version)
            throw new InvalidDataException($"format version {version} is not known; this build reads {Version}");
        var kind = (BlockFileKind)BinaryPrimitives.ReadUInt16LittleEndian(source[6..]);
        if (kind is not (BlockFileKind.Update or BlockFileKind.Sums))
            throw new InvalidDataException($"kind {(ushort)kind} is not known");
        if (BinaryPrimitives.ReadUInt16LittleEndian(source[10..]) != 0)
            throw new InvalidDataException("reserved bytes 10-11 are not zero");
        var header = new BlockFileHeader(
            kind,
            BinaryPrimitives.ReadUInt16LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[32..]),
            Convert.ToHexStringLower(source.Slice(40, 32)),
            Convert.ToHexStringLower(source.Slice(72, 32)));
        if (header.BlockLength != StandardBlockLength)
            throw new InvalidDataException($"block length {(uint)header.BlockLength} is not {StandardBlockLength}");
        if (header.Dimension is < 1 or > MaxDimension)
            throw new InvalidDataException($"dimension {(ulong)header.Dimension} is outside 1..{MaxDimension}");
        if (header.Weight < 1 || header.Count < 1)
        {
            // Fields are unsigned in the file; here they are kept signed, so that sums of them are.
            throw new InvalidDataException(
                $"weight {(ulong)header.Weight} and count {(ulong)header.Count} must be 1 to {long.MaxValue}");
        }

        return header;
    }

    private static void WriteHash(string hex, string what, Span<byte> destination)
    {
        if (hex.Length != 64 || !hex.All(char.IsAsciiHexDigit))
            throw new ArgumentException($"{what} is named '{hex}'; its name must be a SHA-256, 64 hex digits");
        Convert.FromHexString(hex).CopyTo(destination);
    }
}

/// <summary>What the blocks of a file hold. Values are part of the format.</summary>
public enum BlockFileKind : ushort
{
    /// <summary>A participant's delta, encoded by a codec. The index stands before the blocks.</summary>
    Update = 1,

    /// <summary>
    /// A partial aggregate's int64 sums. The index stands after the blocks: it is written in one pass.
    /// </summary>
    Sums = 2,
}
