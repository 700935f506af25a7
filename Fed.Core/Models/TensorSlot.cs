namespace Fed.Core.Models;

/// <summary>One tensor's place in the flat parameter vector.</summary>
/// <param name="Name">Unique within the layout, for example <c>conv1.weight</c>.</param>
/// <param name="Shape">Row-major dimensions, each at least 1.</param>
/// <param name="Offset">Index of its first parameter in the flat vector.</param>
public sealed record TensorSlot(string Name, IReadOnlyList<int> Shape, long Offset)
{
    /// <summary>Number of parameters: the product of the shape.</summary>
    public long Length => Shape.Aggregate(1L, (product, side) => checked(product * side));
}
