namespace Fed.Core.IO;

/// <summary>Random access to an array.</summary>
public sealed class MemoryReader(ReadOnlyMemory<byte> bytes) : IRandomReader
{
    public long Length => bytes.Length;

    public void Read(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset > bytes.Length - buffer.Length)
            throw new EndOfStreamException($"{buffer.Length} bytes at {offset} are beyond {bytes.Length}");
        bytes.Span.Slice((int)offset, buffer.Length).CopyTo(buffer);
    }
}
