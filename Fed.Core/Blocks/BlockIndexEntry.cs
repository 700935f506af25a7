using System.Buffers.Binary;
using System.IO.Hashing;

namespace Fed.Core.Blocks;

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
