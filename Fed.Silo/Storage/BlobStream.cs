using Fed.Contracts.Storage;

namespace Fed.Silo.Storage;

/// <summary>A blob as a seekable stream, for range requests. Disposing it disposes the reader.</summary>
/// <param name="onRead">Told how many bytes were read, when it is disposed of.</param>
public sealed class BlobStream(IBlobReader reader, Action<long>? onRead = null) : Stream
{
    private long _read;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => reader.Length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        var count = (int)Math.Clamp(reader.Length - _position, 0, buffer.Length);
        reader.Read(_position, buffer[..count]);
        _position += count;
        _read += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Read(buffer.Span));
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => reader.Length + offset,
    };

    public override void Flush()
    {
        // Read only: nothing to flush.
    }

    public override void SetLength(long value) => throw new NotSupportedException("read only");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("read only");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            reader.Dispose();
            onRead?.Invoke(_read);
            _read = 0;
        }

        base.Dispose(disposing);
    }
}
