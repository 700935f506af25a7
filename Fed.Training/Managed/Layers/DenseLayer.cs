namespace Fed.Training.Managed.Layers;

/// <summary>Y = X W^T + b with W [units, inputs].</summary>
internal sealed class DenseLayer(int inputs, int units) : ILayer
{
    public int InputLength => inputs;

    public int OutputLength => units;

    public int ParameterCount => units * inputs + units;

    public void Forward(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, Span<float> output, int batch, bool training)
    {
        var bias = parameters.Slice(units * inputs, units);
        for (var sample = 0; sample < batch; sample++)
            bias.CopyTo(output[(sample * units)..]);
        MatrixProduct.AddTransposedRight(input, parameters, output, batch, units, inputs);
    }

    public void Backward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> input,
        ReadOnlySpan<float> output,
        ReadOnlySpan<float> outputGradient,
        Span<float> inputGradient,
        Span<float> parameterGradient,
        int batch)
    {
        MatrixProduct.AddTransposedLeft(outputGradient, input, parameterGradient, units, inputs, batch);
        var bias = parameterGradient.Slice(units * inputs, units);
        for (var sample = 0; sample < batch; sample++)
        {
            for (var unit = 0; unit < units; unit++)
                bias[unit] += outputGradient[sample * units + unit];
        }

        if (inputGradient.IsEmpty)
            return;
        inputGradient[..(batch * inputs)].Clear();
        MatrixProduct.Add(outputGradient, parameters, inputGradient, batch, inputs, units);
    }
}
