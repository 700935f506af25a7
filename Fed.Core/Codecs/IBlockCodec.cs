using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Fed.Core.Aggregation;

namespace Fed.Core.Codecs;

/// <summary>
/// One encoding of blocks of float32 values, each block independent of all others (docs/codecs.md). Stateless, so one
/// instance serves all threads.
/// </summary>
public interface IBlockCodec
{
    /// <summary>Stable identity in files: ids may only be added.</summary>
    ushort Id { get; }

    /// <summary>The name in settings, without parameters.</summary>
    string Name { get; }

    /// <summary>True when a participant must keep what an encoding leaves out and add it to its next delta.</summary>
    bool NeedsErrorFeedback { get; }

    /// <summary>Largest encoded length in bytes of a block of <paramref name="count"/> values.</summary>
    int MaxEncodedLength(int count);

    /// <summary>
    /// Largest length in bytes of all blocks of a vector together, every block counted as a full one.
    /// </summary>
    /// <param name="blocks">Blocks of <paramref name="blockLength"/> values.</param>
    long MaxTotalLength(long blocks, int blockLength) => blocks * MaxEncodedLength(blockLength);

    /// <summary>An encoder of one vector's blocks.</summary>
    /// <param name="vector">The whole vector, finite: sparse codecs choose among all of it.</param>
    /// <param name="seed">Of stochastic rounding, in codecs that round to integers; null: to the nearest.</param>
    IBlockEncoder CreateEncoder(ReadOnlySpan<float> vector, ulong? seed);

    /// <summary>Decodes exactly <c>values.Length</c> values, and checks every byte.</summary>
    /// <exception cref="InvalidDataException">The bytes are not an encoding of so many values.</exception>
    void Decode(ReadOnlySpan<byte> encoded, Span<float> values);

    /// <summary>
    /// sums += factor x q(values) over the blocks, straight from their encoded form: the same integers as decoding and
    /// <see cref="Grid.Accumulate"/>. Sparse codecs touch only what is not zero.
    /// </summary>
    /// <param name="blocks">Encodings of <c>sums.Length</c> values that <see cref="Decode"/> accepts and whose values
    /// are on the grid; factors 0 to 2^31 - 1.</param>
    /// <exception cref="InvalidDataException">Bytes that could not have passed <see cref="Decode"/>.</exception>
    void Accumulate(ReadOnlySpan<WeightedBlock> blocks, Grid grid, Span<long> sums);
}

/// <summary>A codec that sends a part of the values only.</summary>
public interface ISparseCodec : IBlockCodec
{
    /// <summary>Share of the values that is sent, above 0 and at most 1.</summary>
    double Density { get; }

    /// <summary>The same codec, same id, with another density.</summary>
    ISparseCodec WithDensity(double density);
}

/// <summary>Encodes the blocks of one vector, in their order; for one thread and one pass.</summary>
public interface IBlockEncoder
{
    /// <summary>Encodes the next block; returns the number of bytes written.</summary>
    /// <param name="values">Finite.</param>
    /// <param name="destination">At least <see cref="IBlockCodec.MaxEncodedLength"/> bytes.</param>
    int Encode(ReadOnlySpan<float> values, Span<byte> destination);
}

/// <summary>One encoded block of one update and the integer that its values are multiplied by.</summary>
/// <param name="Factor">0 to 2^31 - 1.</param>
/// <param name="Ahead">Bytes that will be wanted next, if they are in memory: codecs fetch them into the cache on the
/// way, for
/// the arithmetic leaves the memory idle. May be empty, and never changes a result.</param>
public readonly record struct WeightedBlock(
    ReadOnlyMemory<byte> Encoded, long Factor, ReadOnlyMemory<byte> Ahead = default)
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

    /// <summary>
    /// First byte of what is ahead, if that is as long as this block; else of this block, which is cached.
    /// </summary>
    internal ref readonly byte FirstAhead => ref MemoryMarshal.GetReference(
        Ahead.Length >= Encoded.Length ? Ahead.Span : Encoded.Span);
}
