namespace Fed.Training.Managed.Layers;

/// <summary>Maximum or average of size x size squares, without overlap.</summary>
internal sealed class PoolLayer(int channels, int height, int width, int size, bool average) : ILayer
{
    private readonly int _rows = height / size;
    private readonly int _columns = width / size;
    private int[] _winners = [];

    public int InputLength => channels * height * width;

    public int OutputLength => channels * _rows * _columns;

    public int ParameterCount => 0;

    public void Forward(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, Span<float> output, int batch, bool training)
    {
        if (_winners.Length < batch * OutputLength)
            _winners = new int[batch * OutputLength];
        var next = 0;
        for (var plane = 0; plane < batch * channels; plane++)
        {
            for (var row = 0; row < _rows; row++)
            {
                for (var column = 0; column < _columns; column++, next++)
                {
                    var corner = (plane * height + row * size) * width + column * size;
                    output[next] = average ? Mean(input, corner) : Maximum(input, corner, out _winners[next]);
                }
            }
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
        var next = 0;
        for (var plane = 0; plane < batch * channels; plane++)
        {
            for (var row = 0; row < _rows; row++)
            {
                for (var column = 0; column < _columns; column++, next++)
                {
                    if (!average)
                        inputGradient[_winners[next]] = outputGradient[next];
                    else
                        Spread(inputGradient, (plane * height + row * size) * width + column * size, outputGradient[next]);
                }
            }
        }
    }

    private float Maximum(ReadOnlySpan<float> input, int corner, out int winner)
    {
        winner = corner;
        for (var y = 0; y < size; y++)
        {
            for (var i = corner + y * width; i < corner + y * width + size; i++)
            {
                if (input[i] > input[winner])
                    winner = i;
            }
        }

        return input[winner];
    }

    private float Mean(ReadOnlySpan<float> input, int corner)
    {
        var sum = 0f;
        for (var y = 0; y < size; y++)
        {
            for (var i = corner + y * width; i < corner + y * width + size; i++)
                sum += input[i];
        }

        return sum / (size * size);
    }

    private void Spread(Span<float> gradient, int corner, float value)
    {
        var share = value / (size * size);
        for (var y = 0; y < size; y++)
            gradient.Slice(corner + y * width, size).Fill(share);
    }
}
