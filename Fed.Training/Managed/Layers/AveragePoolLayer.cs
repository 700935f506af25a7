namespace Fed.Training.Managed.Layers;

/// <summary>The average of size x size squares, without overlap.</summary>
internal sealed class AveragePoolLayer(int channels, int height, int width, int size) : ILayer
{
    private readonly int _rows = height / size;
    private readonly int _columns = width / size;
    private readonly float _share = 1f / (size * size);

    public int InputLength => channels * height * width;

    public int OutputLength => channels * _rows * _columns;

    public int ParameterCount => 0;

    public void Forward(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, Span<float> output, int batch, bool training)
    {
        for (var line = 0; line < batch * channels * _rows; line++)
        {
            var target = output.Slice(line * _columns, _columns);
            target.Clear();
            for (var y = 0; y < size; y++)
            {
                var source = input.Slice(Corner(line) + y * width, _columns * size);
                for (int column = 0, i = 0; column < target.Length; column++)
                {
                    for (var end = i + size; i < end; i++)
                        target[column] += source[i];
                }
            }

            foreach (ref var value in target)
                value *= _share;
        }
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
        if (inputGradient.IsEmpty)
            return;
        inputGradient[..(batch * InputLength)].Clear();
        for (var line = 0; line < batch * channels * _rows; line++)
        {
            for (var column = 0; column < _columns; column++)
            {
                var share = outputGradient[line * _columns + column] * _share;
                for (var y = 0; y < size; y++)
                    inputGradient.Slice(Corner(line) + y * width + column * size, size).Fill(share);
            }
        }
    }

    /// <summary>
    /// Where the first square of an output line starts; lines are counted over samples, channels and rows.
    /// </summary>
    private int Corner(int line) => (line / _rows * height + line % _rows * size) * width;
}
