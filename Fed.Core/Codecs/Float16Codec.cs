using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Fed.Core.Aggregation;
using Fed.Core.Codecs.Dense;

namespace Fed.Core.Codecs;

/// <summary>
/// IEEE binary16, little-endian, rounded to nearest, but never beyond the largest magnitude of the block nor beyond
/// 65504.
/// </summary>
public sealed class Float16Codec : IBlockCodec, IBlockEncoder
{
    public ushort Id => 3;

    public string Name => "float16";

    public bool NeedsErrorFeedback => false;

    public int MaxEncodedLength(int count) => Float16Format.BytesOf(count);

    public IBlockEncoder CreateEncoder(ReadOnlySpan<float> vector, ulong? seed) => this;

    public int Encode(ReadOnlySpan<float> values, Span<byte> destination)
    {
        var halves = MemoryMarshal.Cast<byte, Half>(destination)[..values.Length];
        TensorPrimitives.ConvertToHalf(values, halves);
        // Rounded up, a value at the federation's bound would lie beyond it: refused.
        var largest = values.IsEmpty ? 0 : MathF.Abs(TensorPrimitives.MaxMagnitude(values));
        var cap = (Half)largest;
        if ((float)cap > largest)
            cap = Half.BitDecrement(cap);
        for (var i = 0; i < halves.Length; i++)
        {
            if (Half.Abs(halves[i]) > cap)
                halves[i] = Half.CopySign(cap, halves[i]);
        }

        return values.Length * sizeof(ushort);
    }

    public void Decode(ReadOnlySpan<byte> encoded, Span<float> values)
    {
        DenseChecks.RequireLength(Name, encoded, values.Length, MaxEncodedLength(values.Length));
        TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(encoded), values);
    }

    public void Accumulate(ReadOnlySpan<WeightedBlock> blocks, Grid grid, Span<long> sums) =>
        DenseFold<Float16Format>.Add(blocks, grid, sums);
}
