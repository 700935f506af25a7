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
