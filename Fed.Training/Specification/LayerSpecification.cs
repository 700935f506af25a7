namespace Fed.Training.Specification;

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
