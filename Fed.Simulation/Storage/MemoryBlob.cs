using Fed.Contracts.Storage;

namespace Fed.Simulation.Storage;

/// <summary>A blob's bytes, where they stand.</summary>
internal sealed class MemoryBlob(byte[] bytes) : IBlobReader
{
    public long Length => bytes.Length;

    public void Read(long offset, Span<byte> buffer)
    {
        if (offset + buffer.Length > bytes.Length)
            throw new EndOfStreamException($"the blob has {bytes.Length} bytes, not {offset + buffer.Length}");
        bytes.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
    }

    public ReadOnlyMemory<byte> InPlace(long offset, int length) => offset + length <= bytes.Length
        ? bytes.AsMemory((int)offset, length)
        : throw new EndOfStreamException($"the blob has {bytes.Length} bytes, not {offset + length}");

    public void Dispose()
    {
    }
}
