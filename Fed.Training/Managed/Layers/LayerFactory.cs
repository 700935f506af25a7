using Fed.Training.Specification;

namespace Fed.Training.Managed.Layers;

/// <summary>Makes the managed layer of a specification.</summary>
internal static class LayerFactory
{
    /// <param name="shape">Of the layer's input.</param>
    /// <exception cref="SpecificationException">There is no such layer.</exception>
    public static ILayer Create(LayerSpecification layer, IReadOnlyList<int> shape)
    {
        var length = shape.Aggregate(1, (product, side) => product * side);
        return layer switch
        {
            Conv2dSpecification conv => new Conv2dLayer(conv, shape[0], shape[1], shape[2]),
            DenseSpecification dense => new DenseLayer(length, dense.Units),
            PoolSpecification { Average: true } pool => new AveragePoolLayer(shape[0], shape[1], shape[2], pool.Size),
            PoolSpecification pool => new MaxPoolLayer(shape[0], shape[1], shape[2], pool.Size),
            ReluSpecification => new ReluLayer(length),
            DropoutSpecification dropout => new DropoutLayer(length, dropout.Rate),
            _ => throw new SpecificationException($"the managed trainer has no layer of type {layer.Type}"),
        };
    }
}
