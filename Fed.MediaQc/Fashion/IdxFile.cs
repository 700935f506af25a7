using System.Buffers.Binary;
using System.IO.Compression;
using Fed.MediaQc.Files;

namespace Fed.MediaQc.Fashion;

/// <summary>
/// The idx format of the MNIST family: <c>0 0 type(0x08 = bytes) dimensions</c>, the sides as big-endian int32, the
/// values. A name that ends in .gz is unpacked.
/// </summary>
/// <param name="Sides">Sides; the first is the number of items.</param>
/// <param name="Values">Row-major values.</param>
public sealed record IdxFile(int[] Sides, byte[] Values)
{
    /// <exception cref="DataFileException">The file is missing, truncated, or not an idx file of bytes.</exception>
    public static IdxFile Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal)
                ? new GZipStream(file, CompressionMode.Decompress)
                : file;
            return Parse(path, stream);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, "missing; install Debian's dataset-fashion-mnist or give --source", error);
        }
        catch (Exception error) when (error is EndOfStreamException or InvalidDataException)
        {
            throw new DataFileException(path, "truncated or damaged; install its package again", error);
        }
    }

    private static IdxFile Parse(string path, Stream stream)
    {
        var magic = new byte[4];
        stream.ReadExactly(magic);
        if (magic[0] != 0 || magic[1] != 0 || magic[2] != 8 || magic[3] is < 1 or > 3)
            throw new DataFileException(path, "not an idx file of bytes with 1 to 3 dimensions");
        var sides = new int[magic[3]];
        var number = new byte[4];
        long length = 1;
        for (var i = 0; i < sides.Length; i++)
        {
            stream.ReadExactly(number);
            sides[i] = BinaryPrimitives.ReadInt32BigEndian(number);
            length *= sides[i];
            if (sides[i] < 0 || length > 1 << 30)
                throw new DataFileException(path, $"side {i} is {sides[i]}; the file would hold more than 1 GiB");
        }

        var values = new byte[length];
        stream.ReadExactly(values);
        return stream.ReadByte() < 0
            ? new IdxFile(sides, values)
            : throw new DataFileException(path, "bytes follow the last value");
    }
}
