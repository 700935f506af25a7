using System.Security.Cryptography;
using Fed.Contracts.Storage;

namespace Fed.Folding;

/// <summary>A blob of which only the hash is wanted.</summary>
internal sealed class DiscardingWriter : IBlobWriter
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public DiscardingWriter() => Stream = new HashStream(_hash);

    public Stream Stream { get; }

    public string Sha256 => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public ValueTask<string> CommitAsync(CancellationToken cancellationToken) => new(Sha256);

    public ValueTask DisposeAsync()
    {
        _hash.Dispose();
        return Stream.DisposeAsync();
    }

    private sealed class HashStream(IncrementalHash hash) : Stream
    {
        private long _length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position
        {
            get => _length;
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            hash.AppendData(buffer);
            _length += buffer.Length;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
