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

    /// <summary>Largest length in bytes of all blocks of a vector together, every block counted as a full
    /// one.</summary>
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
    /// sums += weight x q(values) over the blocks, straight from their encoded form: the same integers as decoding and
    /// <see cref="Grid.Accumulate"/>. Sparse codecs touch only what is not zero.
    /// </summary>
    /// <param name="blocks">Encodings of <c>sums.Length</c> values that <see cref="Decode"/> accepts and whose values
    /// are
    /// on the grid; weights 0 to 2^31 - 1.</param>
    /// <exception cref="InvalidDataException">Bytes that could not have passed <see cref="Decode"/>.</exception>
    void Accumulate(ReadOnlySpan<WeightedBlock> blocks, Grid grid, Span<long> sums);
}
