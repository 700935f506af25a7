namespace Fed.Training.Specification;

/// <summary>A fully connected layer with bias; an image is flattened in row-major order first.</summary>
public sealed record DenseSpecification(int Units) : LayerSpecification("dense")
{
    public override IReadOnlyList<int> Output(IReadOnlyList<int> input) => [Units];

    public override IEnumerable<(string Name, IReadOnlyList<int> Shape)> Tensors(IReadOnlyList<int> input) =>
        [("weight", [Units, Length(input)]), ("bias", [Units])];
}
