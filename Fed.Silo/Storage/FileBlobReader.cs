using Fed.Contracts.Storage;
using Microsoft.Win32.SafeHandles;

namespace Fed.Silo.Storage;

/// <summary>One blob, read by position: no shared cursor, so any number of threads may read at once.</summary>
internal sealed class FileBlobReader : IBlobReader
{
    private readonly SafeFileHandle _handle;

    public FileBlobReader(string path)
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
                throw new EndOfStreamException($"the blob of {Length} bytes ends before {buffer.Length} more");
            buffer = buffer[read..];
            offset += read;
        }
    }

    public void Dispose() => _handle.Dispose();
}
