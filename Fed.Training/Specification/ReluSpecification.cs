namespace Fed.Training.Specification;

/// <summary>max(x, 0).</summary>
public sealed record ReluSpecification() : LayerSpecification("relu")
{
    public override IReadOnlyList<int> Output(IReadOnlyList<int> input) => input;
}
