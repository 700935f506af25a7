using System.Security.Cryptography;
using Fed.Contracts.Refusals;
using Microsoft.Win32.SafeHandles;

namespace Fed.Silo.Storage;

/// <summary>Sequential writes to a new file, hashed on the way, bounded in length.</summary>
internal sealed class HashingFileStream(string path, long maxBytes) : Stream
{
    /// <summary>Enough for the disk to be worth a call; small blobs are left to their fsync.</summary>
    private const long WritebackBytes = 8 << 20;

    // Unbuffered: writers send whole blocks, and disposing after a failed write then has nothing left to flush.
    private readonly SafeFileHandle _file = File.OpenHandle(
        path, FileMode.CreateNew, FileAccess.Write, FileShare.None);

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _written;
    private long _begun;

    public string Sha256 => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _written;

    public override long Position
    {
        get => _written;
        set => throw new NotSupportedException("a blob is written from its first byte to its last");
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length > maxBytes - _written)
        {
            throw new RefusedException(
                RefusalCode.UpdateTooLarge,
                $"the blob exceeds the store's limit of {maxBytes} bytes",
                "send less, or raise the store's maxBlobBytes");
        }

        try
        {
            RandomAccess.Write(_file, buffer, _written);
        }
        catch (Exception error) when (StorageUnavailableException.IsCause(error))
        {
            throw new StorageUnavailableException($"a temporary blob cannot be written: {error.Message}", error);
        }

        _hash.AppendData(buffer);
        _written += buffer.Length;
        if (_written - _begun < WritebackBytes)
            return;
        Writeback.Start(_file, _begun, _written - _begun);
        _begun = _written;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>
    /// Synchronous underneath: it ends in the page cache, which an asynchronous file write would not beat.
    /// </summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
        // Nothing to promise before Sync.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>fsync.</summary>
    public void Sync() => RandomAccess.FlushToDisk(_file);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("write only");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("write only");

    public override void SetLength(long value) => throw new NotSupportedException("write only");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }
}
