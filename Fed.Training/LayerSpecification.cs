namespace Fed.Training;

/// <summary>One layer of a model, without its parameters.</summary>
public abstract record LayerSpecification(string Type)
{
    /// <summary>Shape that it gives for an input of shape <paramref name="input"/>.</summary>
    /// <exception cref="SpecificationException">The layer does not fit the input.</exception>
    public abstract IReadOnlyList<int> Output(IReadOnlyList<int> input);

    /// <summary>Its parameters in order; none for most.</summary>
    public virtual IEnumerable<(string Name, IReadOnlyList<int> Shape)> Tensors(IReadOnlyList<int> input) => [];

    protected static (int Channels, int Height, int Width) Image(IReadOnlyList<int> input) => input.Count == 3
        ? (input[0], input[1], input[2])
        : throw new SpecificationException(
            $"needs an input of shape [channels,height,width], got [{string.Join(',', input)}]");

    protected static int Length(IReadOnlyList<int> shape) =>
        shape.Aggregate(1, (product, side) => checked(product * side));
}

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

/// <summary>A fully connected layer with bias; an image is flattened in row-major order first.</summary>
public sealed record DenseSpecification(int Units) : LayerSpecification("dense")
{
    public override IReadOnlyList<int> Output(IReadOnlyList<int> input) => [Units];

    public override IEnumerable<(string Name, IReadOnlyList<int> Shape)> Tensors(IReadOnlyList<int> input) =>
        [("weight", [Units, Length(input)]), ("bias", [Units])];
}

/// <summary>Non-overlapping pooling of size x size squares; an incomplete last row or column is dropped.</summary>
public sealed record PoolSpecification(bool Average, int Size)
    : LayerSpecification(Average ? "averagePool2d" : "maxPool2d")
{
    public override IReadOnlyList<int> Output(IReadOnlyList<int> input)
    {
        var (channels, height, width) = Image(input);
        return height >= Size && width >= Size
            ? [channels, height / Size, width / Size]
            : throw new SpecificationException($"size {Size} is larger than the input's {height} x {width}");
    }
}

/// <summary>max(x, 0).</summary>
public sealed record ReluSpecification() : LayerSpecification("relu")
{
    public override IReadOnlyList<int> Output(IReadOnlyList<int> input) => input;
}

/// <summary>
/// Inverted dropout (Srivastava 2014): in training, a share Rate is zeroed and the rest scaled by 1 / (1 - Rate).
/// </summary>
public sealed record DropoutSpecification(double Rate) : LayerSpecification("dropout")
{
    public override IReadOnlyList<int> Output(IReadOnlyList<int> input) => input;
}
