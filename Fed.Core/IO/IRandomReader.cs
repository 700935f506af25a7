namespace Fed.Core.IO;

/// <summary>Random access to immutable bytes, safe from several threads.</summary>
public interface IRandomReader
{
    long Length { get; }

    /// <summary>Fills <paramref name="buffer"/> from <paramref name="offset"/>.</summary>
    /// <exception cref="EndOfStreamException">The bytes end before the buffer is full.</exception>
    void Read(long offset, Span<byte> buffer);

    /// <summary>The bytes at an offset: in place where they are in memory already, else read into the buffer.</summary>
    /// <param name="buffer">As long as the bytes wanted.</param>
    /// <exception cref="EndOfStreamException">There are fewer bytes.</exception>
    ReadOnlyMemory<byte> View(long offset, Memory<byte> buffer)
    {
        Read(offset, buffer.Span);
        return buffer;
    }
}
