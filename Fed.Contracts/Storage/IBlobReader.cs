namespace Fed.Contracts.Storage;

/// <summary>Random access to one blob, from several threads.</summary>
public interface IBlobReader : IDisposable
{
    long Length { get; }

    /// <summary>Fills <paramref name="buffer"/> from <paramref name="offset"/>.</summary>
    /// <exception cref="EndOfStreamException">The blob ends before the buffer is full.</exception>
    void Read(long offset, Span<byte> buffer);
}
