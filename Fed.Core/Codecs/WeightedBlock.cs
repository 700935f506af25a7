using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Fed.Core.Codecs;

/// <summary>One encoded block of one update and the integer that its values are multiplied by.</summary>
/// <param name="Weight">0 to 2^31 - 1.</param>
/// <param name="Ahead">Bytes that will be wanted next, if they are in memory: codecs fetch them into the cache on the
/// way, for
/// the arithmetic leaves the memory idle. May be empty, and never changes a result.</param>
public readonly record struct WeightedBlock(
    ReadOnlyMemory<byte> Encoded, long Weight, ReadOnlyMemory<byte> Ahead = default)
{
    private const int CacheLine = 64;

    /// <summary>Fetches all that is ahead: for codecs with few bytes a block.</summary>
    internal void Prefetch()
    {
        var bytes = Ahead.Span;
        for (var at = 0; at < bytes.Length; at += CacheLine)
            Prefetch(in bytes[at]);
    }

    /// <summary>A hint; an address that the garbage collector has just moved is only a wasted one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe void Prefetch(ref readonly byte at)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in at)));
    }

    /// <summary>First byte of what is ahead, if that is as long as this block; else of this block, which is
    /// cached.</summary>
    internal ref readonly byte FirstAhead => ref MemoryMarshal.GetReference(
        Ahead.Length >= Encoded.Length ? Ahead.Span : Encoded.Span);
}
