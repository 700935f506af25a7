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
