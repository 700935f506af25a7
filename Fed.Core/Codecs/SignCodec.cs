using System.Buffers.Binary;
using System.Numerics.Tensors;
using Fed.Core.Aggregation;
using Fed.Core.Codecs.Dense;

namespace Fed.Core.Codecs;

/// <summary>
/// Signs with error feedback (Karimireddy 2019, EF-signSGD), each group of 512 values for itself: a float32 scale,
/// the mean
/// of the magnitudes, then a bit a value, first value lowest, 1 for negative; bits after the last value are zero. A
/// value
/// decodes to +scale or -scale.
/// </summary>
public sealed class SignCodec : IBlockCodec, IBlockEncoder
{
    public const int GroupLength = 512;

    public ushort Id => 7;

    public string Name => "sign";

    public bool NeedsErrorFeedback => true;

    public int MaxEncodedLength(int count) => SignFold.BytesOf(count);

    public IBlockEncoder CreateEncoder(ReadOnlySpan<float> vector, ulong? seed) => this;

    public int Encode(ReadOnlySpan<float> values, Span<byte> destination)
    {
        var length = SignFold.BytesOf(values.Length);
        var bytes = destination[..length];
        bytes.Clear();
        while (!values.IsEmpty)
        {
            var group = values[..Math.Min(GroupLength, values.Length)];
            BinaryPrimitives.WriteSingleLittleEndian(bytes, MeanMagnitude(group));
            bytes = bytes[sizeof(float)..];
            for (var i = 0; i < group.Length; i++)
            {
                if (group[i] < 0)
                    bytes[i >> 3] |= (byte)(1 << (i & 7));
            }

            bytes = bytes[((group.Length + 7) / 8)..];
            values = values[group.Length..];
        }

        return length;
    }

    public void Decode(ReadOnlySpan<byte> encoded, Span<float> values)
    {
        DenseChecks.RequireLength(Name, encoded, values.Length, MaxEncodedLength(values.Length));
        while (!values.IsEmpty)
        {
            var scale = BinaryPrimitives.ReadSingleLittleEndian(encoded);
            DenseChecks.RequireScale(Name, scale);
            var length = Math.Min(GroupLength, values.Length);
            var bits = encoded.Slice(sizeof(float), (length + 7) / 8);
            if (length % 8 != 0 && bits[^1] >> (length % 8) != 0)
                throw new InvalidDataException("the bits after the last sign are not zero");
            for (var i = 0; i < length; i++)
                values[i] = (bits[i >> 3] >> (i & 7) & 1) == 0 ? scale : -scale;
            encoded = encoded[(sizeof(float) + bits.Length)..];
            values = values[length..];
        }
    }

    public void Accumulate(ReadOnlySpan<WeightedBlock> blocks, Grid grid, Span<long> sums) =>
        SignFold.Add(blocks, grid, sums);

    /// <summary>|p|_1 / d, never above the largest magnitude: rounding must not lead beyond the federation's
    /// bound.</summary>
    private static float MeanMagnitude(ReadOnlySpan<float> group)
    {
        var sum = 0.0;
        foreach (var value in group)
            sum += MathF.Abs(value);
        return MathF.Min((float)(sum / group.Length), MathF.Abs(TensorPrimitives.MaxMagnitude(group)));
    }
}
