using Microsoft.Win32.SafeHandles;

namespace Fed.Core.IO;

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
