using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Fed.Silo.Hosting;

/// <summary>
/// What Kestrel reads sockets into, and writes answers from. Its own blocks have 4 KB, and a system call waits before
/// each: an update of 200 MB would take 100,000 calls. Blocks of 64 KB take a sixteenth of them.
/// </summary>
/// <remarks>Only the extension UseSockets hands the container's factory on to the transport; UseKestrelCore by itself
/// does not.</remarks>
internal sealed class SocketMemory : IMemoryPoolFactory<byte>
{
    /// <summary>Below what .NET takes for a large object, so that a collection gives idle ones back.</summary>
    public const int BlockBytes = 64 << 10;

    /// <summary>
    /// Of one connection: what its request has not taken yet. Kestrel's own bound is 1 MB, which a hundred uploads at
    /// once would fill.
    /// </summary>
    public const int MostUnread = 4 * BlockBytes;

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Blocks();

    private sealed class Blocks : MemoryPool<byte>
    {
        public override int MaxBufferSize => BlockBytes;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
            return new Block(ArrayPool<byte>.Shared.Rent(BlockBytes));
        }

        protected override void Dispose(bool disposing)
        {
            // The arrays are the shared pool's.
        }
    }

    private sealed class Block(byte[] array) : IMemoryOwner<byte>
    {
        private byte[]? _array = array;

        public Memory<byte> Memory => _array ?? throw new ObjectDisposedException(nameof(Block));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _array, null) is { } array)
                ArrayPool<byte>.Shared.Return(array);
        }
    }
}
