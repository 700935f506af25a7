namespace Fed.Training.Specification;

/// <summary>A square 2-d convolution with bias over [channels, height, width], zero-padded.</summary>
public sealed record Conv2dSpecification(int Filters, int Kernel, int Stride, int Padding)
    : LayerSpecification("conv2d")
{
    public override IReadOnlyList<int> Output(IReadOnlyList<int> input)
    {
        var (_, height, width) = Image(input);
        return [Filters, Side(height), Side(width)];
    }

    public override IEnumerable<(string Name, IReadOnlyList<int> Shape)> Tensors(IReadOnlyList<int> input) =>
        [("weight", [Filters, Image(input).Channels, Kernel, Kernel]), ("bias", [Filters])];

    private int Side(int side)
    {
        var inside = side + 2 * Padding - Kernel;
        return inside >= 0
            ? inside / Stride + 1
            : throw new SpecificationException($"kernel {Kernel} does not fit a side of {side} with padding {Padding}");
    }
}
