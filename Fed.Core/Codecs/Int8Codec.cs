using System.Buffers.Binary;
using System.Numerics.Tensors;

namespace Fed.Core.Codecs;

/// <summary>
/// Per group of 128 values one float32 scale (largest magnitude / 127, never above it), then one signed byte a value. A value decodes to
/// scale x byte; -128 does not occur. Rounding is half to even, so encoding is deterministic.
/// </summary>
public sealed class Int8Codec : IBlockCodec
{
    public const int GroupLength = 128;

    public ushort Id => 2;

    public string Name => "int8";

    public int MaxEncodedLength(int count) =>
        checked(count + (count + GroupLength - 1) / GroupLength * sizeof(float));

    public int Encode(ReadOnlySpan<float> values, Span<byte> destination)
    {
        var written = 0;
        for (var start = 0; start < values.Length; start += GroupLength)
        {
            var group = values.Slice(start, Math.Min(GroupLength, values.Length - start));
            var largest = MathF.Abs(TensorPrimitives.MaxMagnitude(group));
            var scale = largest / sbyte.MaxValue;
            // Rounded up, the scale would decode a value at the federation's bound to one beyond it: refused.
            if (scale * sbyte.MaxValue > largest)
                scale = MathF.BitDecrement(scale);
            BinaryPrimitives.WriteSingleLittleEndian(destination[written..], scale);
            written += sizeof(float);
            // A scale of 0 (or one so small that its reciprocal overflows) means: all zero.
            var inverse = 1 / scale;
            foreach (var value in group)
            {
                var quantised = float.IsFinite(inverse) ? MathF.Round(value * inverse, MidpointRounding.ToEven) : 0;
                destination[written++] = (byte)(sbyte)Math.Clamp(quantised, -sbyte.MaxValue, sbyte.MaxValue);
            }
        }

        return written;
    }

    public void Decode(ReadOnlySpan<byte> encoded, Span<float> values)
    {
        if (encoded.Length != MaxEncodedLength(values.Length))
        {
            throw new InvalidDataException(
                $"an int8 block of {values.Length} values has {MaxEncodedLength(values.Length)} bytes, "
                + $"not {encoded.Length}");
        }

        while (!values.IsEmpty)
        {
            var scale = BinaryPrimitives.ReadSingleLittleEndian(encoded);
            if (!(scale >= 0) || !float.IsFinite(scale))
                throw new InvalidDataException($"an int8 scale is {scale}; scales are finite and not negative");
            var length = Math.Min(GroupLength, values.Length);
            var bytes = encoded.Slice(sizeof(float), length);
            if (bytes.Contains(unchecked((byte)sbyte.MinValue)))
                throw new InvalidDataException("an int8 value is -128; values are -127 to 127");
            for (var i = 0; i < length; i++)
                values[i] = scale * (sbyte)bytes[i];
            encoded = encoded[(sizeof(float) + length)..];
            values = values[length..];
        }
    }
}
