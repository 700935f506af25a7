using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Fed.Core.Blocks;

namespace Fed.Tests.Core.Support;

/// <summary>Partial aggregates as files in memory.</summary>
internal static class SumsFiles
{
    public static byte[] Write(long[] sums, long weight, long count)
    {
        using var stream = new MemoryStream();
        var writer = new SumsWriter(stream, sums.Length, weight, count, UpdateFiles.Base, UpdateFiles.Layout);
        foreach (var block in sums.Chunk(BlockFileHeader.StandardBlockLength))
            writer.Write(block);
        writer.Complete();
        return stream.ToArray();
    }

    public static long[] Read(byte[] file)
    {
        var reader = UpdateFiles.Open(file);
        var buffer = new byte[reader.MaxBlockBytes];
        var sums = new List<long>();
        for (var block = 0; block < reader.Header.BlockCount; block++)
            sums.AddRange(MemoryMarshal.Cast<byte, long>(reader.ReadBlock(block, buffer)));
        return [.. sums];
    }

    /// <summary>Makes the checksums fit the bytes again; the index stands at the end.</summary>
    public static void Reseal(byte[] file, int blocks)
    {
        var start = file.Length - sizeof(ulong) - blocks * BlockFileHeader.IndexEntrySize;
        var offset = BlockFileHeader.Size;
        for (var block = 0; block < blocks; block++)
        {
            var entry = file.AsSpan(start + block * BlockFileHeader.IndexEntrySize);
            var length = BinaryPrimitives.ReadInt32LittleEndian(entry[8..]);
            BinaryPrimitives.WriteUInt64LittleEndian(entry, XxHash3.HashToUInt64(file.AsSpan(offset, length)));
            offset += length;
        }

        var hash = new XxHash3();
        hash.Append(file.AsSpan(0, BlockFileHeader.HashedSize));
        hash.Append(file.AsSpan(start, blocks * BlockFileHeader.IndexEntrySize));
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(file.Length - sizeof(ulong)), hash.GetCurrentHashAsUInt64());
    }
}
