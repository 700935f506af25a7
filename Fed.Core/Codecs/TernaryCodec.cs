using System.Buffers.Binary;
using Fed.Core.Aggregation;

namespace Fed.Core.Codecs;

/// <summary>
/// Sparse ternary compression (Sattler 2019, STC): the largest magnitudes of the whole vector are sent as their signs
/// and one magnitude a block, the mean of theirs; the positions are Rice-coded. A block is the magnitude in float32,
/// the number of values n in two bytes, the Rice parameter in one, and the code; nothing at all where n is 0.
/// </summary>
/// <param name="density">Share of the values that is sent, above 0 and at most 1.</param>
public sealed class TernaryCodec(double density = Densities.Usual) : ISparseCodec
{
    private const int HeaderBytes = 7;

    public ushort Id => 8;

    public string Name => "ternary";

    public double Density => density;

    public bool NeedsErrorFeedback => true;

    /// <summary>At the largest parameter a code has 15 bits, and no encoder chooses a longer code.</summary>
    public int MaxEncodedLength(int count) => checked(HeaderBytes + 2 + (RiceReader.MaxParameter + 2) * count / 8);

    public long MaxTotalLength(long blocks, int blockLength) =>
        blocks * (HeaderBytes + 2)
        + (RiceReader.MaxParameter + 2) * Densities.Count(density, blocks * blockLength) / 8;

    public ISparseCodec WithDensity(double density) => new TernaryCodec(density);

    public IBlockEncoder CreateEncoder(ReadOnlySpan<float> vector, ulong? seed) =>
        new Encoder(new LargestMagnitudes(vector, Densities.Count(density, vector.Length)));

    public void Decode(ReadOnlySpan<byte> encoded, Span<float> values)
    {
        values.Clear();
        if (encoded.IsEmpty)
            return;
        var (magnitude, count, parameter) = ReadHeader(encoded, values.Length);
        RiceReader.Walk<float, PutFloat>(encoded[HeaderBytes..], count, parameter, magnitude, values);
    }

    public void Accumulate(ReadOnlySpan<WeightedBlock> blocks, Grid grid, Span<long> sums)
    {
        foreach (var block in blocks)
        {
            block.Prefetch();
            var encoded = block.Encoded.Span;
            if (encoded.IsEmpty)
                continue;
            var (magnitude, count, parameter) = ReadHeader(encoded, sums.Length);
            var product = block.Factor * Grid.Round(magnitude * grid.Scale);
            RiceReader.Walk<long, AddLong>(encoded[HeaderBytes..], count, parameter, product, sums);
        }
    }

    private static (float Magnitude, int Count, int Parameter) ReadHeader(ReadOnlySpan<byte> encoded, int most)
    {
        if (encoded.Length <= HeaderBytes)
        {
            throw new InvalidDataException(
                $"a ternary block has more than {HeaderBytes} bytes, or none; this has {encoded.Length}");
        }

        var magnitude = BinaryPrimitives.ReadSingleLittleEndian(encoded);
        if (!(magnitude > 0) || !float.IsFinite(magnitude))
            throw new InvalidDataException($"a ternary magnitude is {magnitude}; it must be finite and above 0");
        var count = BinaryPrimitives.ReadUInt16LittleEndian(encoded[4..]);
        if (count < 1 || count > most)
            throw new InvalidDataException($"a ternary block announces {count} values; it must be 1 to {most}");
        var parameter = encoded[6];
        return parameter <= RiceReader.MaxParameter
            ? (magnitude, count, parameter)
            : throw new InvalidDataException(
                $"a Rice parameter is {parameter}; it must be 0 to {RiceReader.MaxParameter}");
    }

    private readonly struct PutFloat : ISignSink<float>
    {
        public static void Put(ref float target, float magnitude, int negative) =>
            target = negative == 0 ? magnitude : -magnitude;
    }

    private readonly struct AddLong : ISignSink<long>
    {
        /// <summary>
        /// Two's complement: -x is the complement of x, plus 1. Signs are random, so there is no branch on them.
        /// </summary>
        public static void Put(ref long target, long magnitude, int negative) =>
            target += (magnitude ^ -(long)negative) + negative;
    }

    private sealed class Encoder(LargestMagnitudes chosen) : IBlockEncoder
    {
        private LargestMagnitudes _chosen = chosen;
        private ushort[] _positions = [];

        public int Encode(ReadOnlySpan<float> values, Span<byte> destination)
        {
            if (_positions.Length < values.Length)
                _positions = new ushort[values.Length];
            var count = 0;
            var sum = 0.0;
            var largest = 0f;
            for (var i = 0; i < values.Length; i++)
            {
                if (!_chosen.Takes(values[i]))
                    continue;
                _positions[count++] = (ushort)i;
                var magnitude = MathF.Abs(values[i]);
                sum += magnitude;
                largest = MathF.Max(largest, magnitude);
            }

            if (count == 0)
                return 0;
            var positions = _positions.AsSpan(0, count);
            var parameter = RiceWriter.BestParameter(positions);
            BinaryPrimitives.WriteSingleLittleEndian(destination, MathF.Min((float)(sum / count), largest));
            BinaryPrimitives.WriteUInt16LittleEndian(destination[4..], (ushort)count);
            destination[6] = (byte)parameter;
            return HeaderBytes + RiceWriter.Write(positions, values, parameter, destination[HeaderBytes..]);
        }
    }
}
