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

        SpreadSquares(input, output, outputGradient, inputGradient, done);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Squares(ReadOnlySpan<float> input, Span<float> output, int first)
    {
        var share = 1f / (size * size);
        for (var i = first; i < output.Length;)
        {
            var corner = Corner(i);
            var end = i + _columns - i % _columns;
            for (; i < end; i++, corner += size)
            {
                var (sum, largest) = (0f, input[corner]);
                for (var row = corner; row < corner + size * width; row += width)
                {
                    for (var at = row; at < row + size; at++)
                    {
                        sum += input[at];
                        largest = Math.Max(largest, input[at]);
                    }
                }

                output[i] = average ? sum * share : largest;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SpreadSquares(
        ReadOnlySpan<float> input, ReadOnlySpan<float> output, ReadOnlySpan<float> outputGradient,
        Span<float> inputGradient, int first)
    {
        var share = average ? 1f / (size * size) : 1;
        for (var i = first; i < outputGradient.Length;)
        {
            var corner = Corner(i);
            var end = i + _columns - i % _columns;
            for (; i < end; i++, corner += size)
            {
                var left = outputGradient[i] * share;
                for (var row = corner; row < corner + size * width; row += width)
                {
                    for (var at = row; at < row + size; at++)
                    {
                        // A product instead of a branch that no processor can foresee.
                        var part = left * (average || input[at] == output[i] ? 1f : 0f);
                        inputGradient[at] = part;
                        left -= average ? 0 : part;
                    }
                }
            }
        }
    }

    private int Corner(int square)
    {
        var row = square / _columns;
        return (row / _rows * height + row % _rows * size) * width + square % _columns * size;
    }
}
