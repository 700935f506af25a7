namespace Fed.Training.Managed.Kernels;

/// <summary>
/// Zeroed work memory that the collector never moves, aligned to a cache line: an unaligned vector load that crosses
/// lines costs two. The pointer is valid as long as the buffer is reachable.
/// </summary>
internal sealed unsafe class AlignedBuffer<T>
    where T : unmanaged
{
    private const int Alignment = 64;

    private readonly T[] _array;

    public AlignedBuffer(long length)
    {
        _array = GC.AllocateArray<T>(checked((int)(length + (Alignment / sizeof(T)))), pinned: true);
        fixed (T* start = _array)
            Pointer = (T*)(((nuint)start + Alignment - 1) & ~(nuint)(Alignment - 1));
        Length = (int)length;
    }

    public T* Pointer { get; }

    public int Length { get; }

    public Span<T> Span => new(Pointer, Length);

    /// <summary>The buffer itself if it is long enough, else a new one; the content is not kept.</summary>
    public static AlignedBuffer<T> AtLeast(AlignedBuffer<T>? buffer, long length) =>
        buffer is not null && buffer.Length >= length ? buffer : new AlignedBuffer<T>(length);
}
