namespace Fed.Core.IO;

/// <summary>Random access to an array.</summary>
public sealed class MemoryReader(ReadOnlyMemory<byte> bytes) : IRandomReader
{
    public long Length => bytes.Length;

    public void Read(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset + buffer.Length > bytes.Length)
            throw new EndOfStreamException($"bytes {offset}..{offset + buffer.Length} are beyond {bytes.Length}");
        bytes.Span.Slice((int)offset, buffer.Length).CopyTo(buffer);
    }
}
