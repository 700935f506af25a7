using System.Buffers.Binary;
using System.IO.Hashing;
using Fed.Core.Aggregation;
using Fed.Core.Blocks;
using Fed.Core.Codecs;
using Fed.Core.IO;

namespace Fed.Tests.Core.Support;

/// <summary>Update files in memory, and the same damaged.</summary>
internal static class UpdateFiles
{
    public static readonly string Base = Hashes.Of("base");

    public static readonly string Layout = Hashes.Of("layout");

    public static readonly Grid Grid = new(20, 4f);

    public static byte[] Build(float[] delta, string codec = "float32", long examples = 7, string? layout = null)
    {
        using var stream = new MemoryStream();
        UpdateWriter.Write(stream, delta, BlockCodecs.ByName(codec), examples, Base, layout ?? Layout);
        return stream.ToArray();
    }

    public static UpdateExpectation Expect(long dimension, string codec = "float32") =>
        new(dimension, Layout, codec, Grid);

    /// <summary>Copies the file through the intake; returns what it stored.</summary>
    public static async Task<byte[]> TakeAsync(byte[] file, UpdateExpectation expectation)
    {
        using var stored = new MemoryStream();
        await UpdateIntake.CopyAsync(new MemoryStream(file), stored, expectation, CancellationToken.None);
        return stored.ToArray();
    }

    public static BlockFileReader Open(byte[] file) => new(new MemoryReader(file));

    /// <summary>Reads every block of a stored file.</summary>
    public static void ReadAll(byte[] file)
    {
        var reader = Open(file);
        var buffer = new byte[reader.MaxBlockBytes];
        for (var block = 0; block < reader.Header.BlockCount; block++)
            reader.ReadBlock(block, buffer);
    }

    /// <summary>All values of a stored update.</summary>
    public static float[] Decode(byte[] file)
    {
        var reader = Open(file);
        var values = new float[reader.Header.Dimension];
        var buffer = new byte[reader.MaxBlockBytes];
        var codec = BlockCodecs.ById(reader.Header.CodecId);
        for (var block = 0; block < reader.Header.BlockCount; block++)
        {
            var part = values.AsSpan(block * reader.Header.BlockLength, reader.Header.LengthOf(block));
            codec.Decode(reader.ReadBlock(block, buffer), part);
        }

        return values;
    }

    /// <summary>A copy with a header field overwritten and the checksum made to fit again.</summary>
    public static byte[] WithField(byte[] file, int offset, long value, int bytes)
    {
        var copy = (byte[])file.Clone();
        for (var i = 0; i < bytes; i++)
            copy[offset + i] = (byte)(value >> (8 * i));
        Reseal(copy);
        return copy;
    }

    /// <summary>
    /// Makes the checksums of an update fit its bytes again, as an attacker would: only what the bytes say is left to
    /// judge. Blocks that the index places outside the file keep their checksum.
    /// </summary>
    public static void Reseal(byte[] file)
    {
        if (file.Length < BlockFileHeader.Size)
            return;
        var dimension = BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(16));
        var blockLength = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(12));
        var room = (file.Length - BlockFileHeader.Size) / BlockFileHeader.IndexEntrySize;
        var blocks = dimension < 1 || blockLength < 1 ? 0 : (int)Math.Min(room, (dimension - 1) / blockLength + 1);
        var index = file.AsSpan(BlockFileHeader.Size, blocks * BlockFileHeader.IndexEntrySize);
        long offset = BlockFileHeader.Size + index.Length;
        for (var block = 0; block < blocks; block++)
        {
            var entry = index[(block * BlockFileHeader.IndexEntrySize)..];
            var length = BinaryPrimitives.ReadInt32LittleEndian(entry[8..]);
            if (length < 0 || offset + length > file.Length)
                break;
            BinaryPrimitives.WriteUInt64LittleEndian(entry, XxHash3.HashToUInt64(file.AsSpan((int)offset, length)));
            offset += length;
        }

        var hash = new XxHash3();
        hash.Append(file.AsSpan(0, BlockFileHeader.HashedSize));
        hash.Append(index);
        BinaryPrimitives.WriteUInt64LittleEndian(
            file.AsSpan(BlockFileHeader.HashedSize), hash.GetCurrentHashAsUInt64());
    }
}
