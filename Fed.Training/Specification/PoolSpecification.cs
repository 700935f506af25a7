namespace Fed.Training.Specification;

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
