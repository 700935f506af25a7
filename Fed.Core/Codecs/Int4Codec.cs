using System.Buffers.Binary;
using Fed.Core.Aggregation;
using Fed.Core.Codecs.Dense;

namespace Fed.Core.Codecs;

/// <summary>
/// Per group of 64 values one float32 scale (largest magnitude / 7, never above it), then two values a byte in two's
/// complement, the earlier one in the lower half. A value decodes to scale x integer; -8 does not occur, and the half
/// byte
/// after an odd number of values is zero.
/// </summary>
public sealed class Int4Codec : IBlockCodec
{
    public const int GroupLength = 64;

    private const int Levels = 7;

    public ushort Id => 5;

    public string Name => "int4";

    public bool NeedsErrorFeedback => false;

    public int MaxEncodedLength(int count) => Int4Format.BytesOf(count);

    public IBlockEncoder CreateEncoder(ReadOnlySpan<float> vector, ulong? seed) => new Encoder(seed);

    public void Decode(ReadOnlySpan<byte> encoded, Span<float> values)
    {
        DenseChecks.RequireLength(Name, encoded, values.Length, MaxEncodedLength(values.Length));
        while (!values.IsEmpty)
        {
            var scale = BinaryPrimitives.ReadSingleLittleEndian(encoded);
            DenseChecks.RequireScale(Name, scale);
            var length = Math.Min(GroupLength, values.Length);
            var bytes = encoded.Slice(sizeof(float), (length + 1) / 2);
            if (length % 2 != 0 && bytes[^1] >> 4 != 0)
                throw new InvalidDataException("the half byte after the last int4 value is not zero");
            for (var i = 0; i < length; i++)
            {
                var integer = (sbyte)(i % 2 == 0 ? bytes[i / 2] << 4 : bytes[i / 2] & 0xF0) >> 4;
                if (integer < -Levels)
                    throw new InvalidDataException("an int4 value is -8; values are -7 to 7");
                values[i] = scale * integer;
            }

            encoded = encoded[(sizeof(float) + bytes.Length)..];
            values = values[length..];
        }
    }

    public void Accumulate(ReadOnlySpan<WeightedBlock> blocks, Grid grid, Span<long> sums) =>
        DenseFold<Int4Format>.Add(blocks, grid, sums);

    private sealed class Encoder(ulong? seed) : IBlockEncoder
    {
        private GroupQuantiser _quantiser = new(Levels, seed);

        public int Encode(ReadOnlySpan<float> values, Span<byte> destination)
        {
            Span<sbyte> integers = stackalloc sbyte[GroupLength];
            var written = 0;
            for (var start = 0; start < values.Length; start += GroupLength)
            {
                var group = values.Slice(start, Math.Min(GroupLength, values.Length - start));
                integers.Clear();
                var scale = _quantiser.Quantise(group, integers);
                BinaryPrimitives.WriteSingleLittleEndian(destination[written..], scale);
                written += sizeof(float);
                for (var i = 0; i < group.Length; i += 2)
                    destination[written++] = (byte)((integers[i] & 0xF) | integers[i + 1] << 4);
            }

            return written;
        }
    }
}
