namespace Fed.Core.IO;

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
