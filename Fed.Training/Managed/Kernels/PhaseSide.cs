using Fed.Training.Specification;

namespace Fed.Training.Managed.Kernels;

/// <summary>
/// The rows, or the columns, of an input that leave one remainder by the stride once the padding is added.
/// </summary>
internal readonly struct PhaseSide
{
    /// <param name="length">Rows (columns) of the input.</param>
    /// <param name="layer">The convolution.</param>
    /// <param name="remainder">0 to stride - 1.</param>
    public PhaseSide(int length, Conv2dSpecification layer, int remainder)
    {
        var (stride, padding) = (layer.Stride, layer.Padding);
        Start = (Math.Max(0, padding - remainder) + stride - 1) / stride;
        First = Start * stride + remainder - padding;
        Count = First < length ? (length - 1 - First) / stride + 1 : 0;
        Taps = Math.Max(0, layer.Kernel - remainder + stride - 1) / stride;
        FirstTap = remainder;
    }

    /// <summary>Index of the first in the padded input, counted in strides.</summary>
    public int Start { get; }

    /// <summary>Index of the first in the input itself.</summary>
    public int First { get; }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>How many rows (columns) of the kernel read them: FirstTap, FirstTap + stride, ...</summary>
    public int Taps { get; }

    public int FirstTap { get; }
}
