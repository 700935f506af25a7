using System.Buffers.Binary;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Anonymise;

/// <summary>What PNG and TIFF files say of themselves that ffmpeg does not heed: pages behind the first one, and that the
/// picture is to be turned (Exif 2.32, tag 0x0112). Of JPEG it turns it.</summary>
internal static class StillPicture
{
    private const ushort Orientation = 0x0112;

    private const int EntryBytes = 12;

    /// <exception cref="ScanException">It is to be turned, or has several pages: not all of it would be looked at.
    /// </exception>
    public static void RequireUprightAndSingle(string path)
    {
        using var file = ScanInput.Open(path);
        using var reader = new BinaryReader(file);
        try
        {
            if (TiffOf(reader) is not { } tiff)
                return;
            var (orientation, hasMore) = Read(tiff);
            if (orientation is > 1 and <= 8)
            {
                throw new ScanException(
                    $"{path}: its Exif says that it is to be turned (orientation {orientation}), which is heeded in JPEG "
                    + "alone; save it upright");
            }

            if (hasMore && !IsPng(path))
                throw new ScanException($"{path}: it has several pages, of which one would be left; save each by itself");
        }
        catch (EndOfStreamException)
        {
            // Whatever is cut off there: who decodes it says so.
        }
    }

    private static bool IsPng(string path) =>
        Path.GetExtension(path).Equals(".png", StringComparison.OrdinalIgnoreCase);

    /// <returns>From where a TIFF structure begins: the file itself, or a PNG's chunk; null: there is none.</returns>
    private static BinaryReader? TiffOf(BinaryReader file)
    {
        var begin = file.ReadBytes(8);
        file.BaseStream.Position = 0;
        if (begin is [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..])
            return file;
        if (begin is not [0x89, (byte)'P', (byte)'N', (byte)'G', ..])
            return null;
        file.BaseStream.Position = 8;
        while (file.BaseStream.Position + 8 <= file.BaseStream.Length)
        {
            var length = BinaryPrimitives.ReverseEndianness(file.ReadUInt32());
            var name = file.ReadBytes(4);
            if (name.AsSpan().SequenceEqual("eXIf"u8))
                return new BinaryReader(new MemoryStream(file.ReadBytes((int)Math.Min(length, 1 << 20))));
            file.BaseStream.Position += length + 4L;
        }

        return null;
    }

    private static (int Orientation, bool HasMore) Read(BinaryReader tiff)
    {
        var isBig = tiff.ReadByte() == 'M';
        tiff.BaseStream.Position = 4;
        tiff.BaseStream.Position = Long();
        var (count, orientation) = (Short(), 0);
        for (var i = 0; i < count; i++)
        {
            var entry = tiff.BaseStream.Position;
            if (Short() == Orientation)
            {
                tiff.BaseStream.Position = entry + 8;
                orientation = Short();
            }

            tiff.BaseStream.Position = entry + EntryBytes;
        }

        return (orientation, Long() != 0);

        ushort Short() => isBig ? BinaryPrimitives.ReverseEndianness(tiff.ReadUInt16()) : tiff.ReadUInt16();
        uint Long() => isBig ? BinaryPrimitives.ReverseEndianness(tiff.ReadUInt32()) : tiff.ReadUInt32();
    }
}
