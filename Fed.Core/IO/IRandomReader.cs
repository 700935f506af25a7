using Microsoft.Win32.SafeHandles;

namespace Fed.Core.IO;

/// <summary>Random access to immutable bytes, safe from several threads.</summary>
public interface IRandomReader
{
    long Length { get; }

    /// <summary>Fills <paramref name="buffer"/> from <paramref name="offset"/>.</summary>
    /// <exception cref="EndOfStreamException">The bytes end before the buffer is full.</exception>
    void Read(long offset, Span<byte> buffer);

    /// <summary>The bytes at an offset where they stand, when they are in memory already; else empty.</summary>
    /// <exception cref="EndOfStreamException">The bytes end before that.</exception>
    ReadOnlyMemory<byte> InPlace(long offset, int length) => default;
}

/// <summary>
/// A file read by position: no shared cursor, so any number of threads may read at once, and no mapping, so what was
/// read does not count as this process's memory.
/// </summary>
public class FileReader : IRandomReader, IDisposable
{
    private readonly SafeFileHandle _handle;

    public FileReader(string path)
    {
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        Length = RandomAccess.GetLength(_handle);
    }

    public long Length { get; }

    public void Read(long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        while (buffer.Length > 0)
        {
            var read = RandomAccess.Read(_handle, buffer, offset);
            if (read == 0)
                throw new EndOfStreamException($"the file of {Length} bytes ends before {buffer.Length} more");
            buffer = buffer[read..];
            offset += read;
        }
    }

    public void Dispose()
    {
        _handle.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Random access to an array.</summary>
public sealed class MemoryReader(ReadOnlyMemory<byte> bytes) : IRandomReader
{
    public long Length => bytes.Length;

    public void Read(long offset, Span<byte> buffer) => InPlace(offset, buffer.Length).Span.CopyTo(buffer);

    public ReadOnlyMemory<byte> InPlace(long offset, int length)
    {
        if (offset < 0 || offset > bytes.Length - length)
            throw new EndOfStreamException($"{length} bytes at {offset} are beyond {bytes.Length}");
        return bytes.Slice((int)offset, length);
    }
}
