using System.Numerics;
using System.Runtime.CompilerServices;
using Fed.Training.Managed.Kernels;

namespace Fed.Training.Managed.Layers;

/// <summary>
/// Maximum or average of size x size squares, without overlap. Of equal maxima the first in reading order takes the
/// gradient, as in PyTorch.
/// </summary>
internal sealed class PoolLayer(int channels, int height, int width, int size, bool average) : ILayer
{
    private readonly int _rows = height / size;
    private readonly int _columns = width / size;

    // Then the squares of all planes follow each other in memory, pair of rows after pair of rows.
    private readonly bool _paired = size == 2 && height % 2 == 0 && width % Vector<float>.Count == 0;

    public int InputLength => channels * height * width;

    public int OutputLength => channels * _rows * _columns;

    public int ParameterCount => 0;

    public void Forward(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, Span<float> output, int batch, bool training)
    {
        var done = 0;
        if (_paired)
        {
            done = average
                ? PairPooling.Average(input[..(batch * InputLength)], width, output)
                : PairPooling.Maximum(input[..(batch * InputLength)], width, output);
        }

        Squares(input, output[..(batch * OutputLength)], done);
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
        inputGradient = inputGradient[..(batch * InputLength)];
        outputGradient = outputGradient[..(batch * OutputLength)];
        var done = 0;
        if (_paired)
        {
            done = average
                ? PairPooling.SpreadAverage(outputGradient, width, inputGradient)
                : PairPooling.SpreadMaximum(input, output, outputGradient, width, inputGradient);
        }
        else
        {
            inputGradient.Clear();
        }

        SpreadSquares(input, outputGradient, inputGradient, done);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Squares(ReadOnlySpan<float> input, Span<float> output, int first)
    {
        var share = 1f / (size * size);
        for (var i = first; i < output.Length; i++)
        {
            var corner = Corner(i);
            if (!average)
            {
                output[i] = input[Winner(input, corner)];
                continue;
            }

            var sum = 0f;
            for (var y = 0; y < size; y++)
            {
                for (var x = 0; x < size; x++)
                    sum += input[corner + y * width + x];
            }

            output[i] = sum * share;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SpreadSquares(
        ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> inputGradient, int first)
    {
        var share = 1f / (size * size);
        for (var i = first; i < outputGradient.Length; i++)
        {
            var corner = Corner(i);
            var winner = average ? 0 : Winner(input, corner);
            for (var y = 0; y < size; y++)
            {
                for (var x = 0; x < size; x++)
                {
                    var at = corner + y * width + x;
                    inputGradient[at] = average ? outputGradient[i] * share : at == winner ? outputGradient[i] : 0;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Corner(int square)
    {
        var row = square / _columns;
        var plane = row / _rows;
        return (plane * height + (row - plane * _rows) * size) * width + (square - row * _columns) * size;
    }

    private int Winner(ReadOnlySpan<float> input, int corner)
    {
        var winner = corner;
        for (var y = 0; y < size; y++)
        {
            for (var i = corner + y * width; i < corner + y * width + size; i++)
            {
                if (input[i] > input[winner])
                    winner = i;
            }
        }

        return winner;
    }
}
