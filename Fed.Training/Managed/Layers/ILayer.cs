namespace Fed.Training.Managed.Layers;

/// <summary>
/// One layer over a batch of samples, each a contiguous vector; arrays may be longer than the batch needs.
/// </summary>
internal interface ILayer
{
    int InputLength { get; }

    int OutputLength { get; }

    int ParameterCount { get; }

    /// <param name="parameters">This layer's part of the flat vector.</param>
    /// <param name="training">False switches dropout off.</param>
    void Forward(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, Span<float> output, int batch, bool training);

    /// <summary>Follows the Forward of the same batch.</summary>
    /// <param name="inputGradient">Overwritten; empty for the first layer, which nothing asks.</param>
    /// <param name="parameterGradient">The sum over the batch is added to it.</param>
    void Backward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> input,
        ReadOnlySpan<float> output,
        ReadOnlySpan<float> outputGradient,
        Span<float> inputGradient,
        Span<float> parameterGradient,
        int batch);
}

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
