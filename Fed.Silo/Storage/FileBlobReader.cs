using Fed.Contracts.Storage;
using Fed.Core.IO;

namespace Fed.Silo.Storage;

/// <summary>One blob of the store, as a file.</summary>
internal sealed class FileBlobReader(string path) : IBlobReader
{
    private readonly FileReader _file = new(path);

    public long Length => _file.Length;

    /// <exception cref="EndOfStreamException">The bytes end before the buffer is full.</exception>
    /// <exception cref="StorageUnavailableException">The disk cannot be read.</exception>
    public void Read(long offset, Span<byte> buffer)
    {
        try
        {
            _file.Read(offset, buffer);
        }
        catch (Exception error) when (error is not EndOfStreamException && StorageUnavailableException.IsCause(error))
        {
            throw new StorageUnavailableException($"the blob {path} cannot be read: {error.Message}", error);
        }
    }

    public void Dispose() => _file.Dispose();
}
