using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Fed.Core.Aggregation;
using Fed.Core.Codecs.Dense;

namespace Fed.Core.Codecs;

/// <summary>
/// Per group of 128 values one float32 scale (largest magnitude / 127, never above it), then one signed byte a value. A
/// value decodes to scale x byte; -128 does not occur.
/// </summary>
public sealed class Int8Codec : IBlockCodec
{
    public const int GroupLength = 128;

    public ushort Id => 2;

    public string Name => "int8";

    public bool NeedsErrorFeedback => false;

    public int MaxEncodedLength(int count) => Int8Format.BytesOf(count);

    public IBlockEncoder CreateEncoder(ReadOnlySpan<float> vector, ulong? seed) => new Encoder(seed);

    public void Decode(ReadOnlySpan<byte> encoded, Span<float> values)
    {
        DenseChecks.RequireLength(Name, encoded, values.Length, MaxEncodedLength(values.Length));
        while (!values.IsEmpty)
        {
            var scale = BinaryPrimitives.ReadSingleLittleEndian(encoded);
            DenseChecks.RequireScale(Name, scale);
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

    public void Accumulate(ReadOnlySpan<WeightedBlock> blocks, Grid grid, Span<long> sums) =>
        DenseFold<Int8Format>.Add(blocks, grid, sums);

    private sealed class Encoder(ulong? seed) : IBlockEncoder
    {
        private GroupQuantiser _quantiser = new(sbyte.MaxValue, seed);

        public int Encode(ReadOnlySpan<float> values, Span<byte> destination)
        {
            var written = 0;
            for (var start = 0; start < values.Length; start += GroupLength)
            {
                var group = values.Slice(start, Math.Min(GroupLength, values.Length - start));
                var bytes = MemoryMarshal.Cast<byte, sbyte>(destination[(written + sizeof(float))..]);
                var scale = _quantiser.Quantise(group, bytes);
                BinaryPrimitives.WriteSingleLittleEndian(destination[written..], scale);
                written += sizeof(float) + group.Length;
            }

            return written;
        }
    }
}
