using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fed.Training.Managed.Layers;

/// <summary>
/// The maximum of size x size squares, without overlap. The gradient goes to the first, row by row, of equal maxima.
/// </summary>
internal sealed class MaxPoolLayer(int channels, int height, int width, int size) : ILayer
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
        for (var line = 0; line < batch * channels * _rows; line++)
        {
            var corner = (line / _rows * height + line % _rows * size) * width;
            var target = output.Slice(line * _columns, _columns);
            var winners = _winners.AsSpan(line * _columns, _columns);
            if (size == 2 && _columns >= Vector128<float>.Count)
                Pairs(input.Slice(corner, 2 * width), corner, target, winners);
            else
                Squares(input, corner, target, winners);
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
        var winners = _winners.AsSpan(0, batch * OutputLength);
        for (var i = 0; i < winners.Length; i++)
            inputGradient[winners[i]] = outputGradient[i];
    }

    private void Squares(ReadOnlySpan<float> input, int corner, Span<float> target, Span<int> winners)
    {
        for (var column = 0; column < target.Length; column++, corner += size)
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

            winners[column] = winner;
            target[column] = input[winner];
        }
    }

    /// <summary>
    /// A line of squares of 2, four at a time and without branches; the last four may overlap the ones before.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pairs(ReadOnlySpan<float> rows, int corner, Span<float> target, Span<int> winners)
    {
        ref var upper = ref MemoryMarshal.GetReference(rows);
        ref var lower = ref Unsafe.Add(ref upper, width);
        for (var column = 0; ; column += Vector128<float>.Count)
        {
            column = Math.Min(column, target.Length - Vector128<float>.Count);
            var (best, second) = Split(ref Unsafe.Add(ref upper, 2 * column));
            var (third, fourth) = Split(ref Unsafe.Add(ref lower, 2 * column));
            var winner = Vector128<int>.Zero;
            Challenge(second, 1, ref best, ref winner);
            Challenge(third, width, ref best, ref winner);
            Challenge(fourth, width + 1, ref best, ref winner);
            best.CopyTo(target[column..]);
            (winner + Vector128.Create(0, 2, 4, 6) + Vector128.Create(corner + 2 * column)).CopyTo(winners[column..]);
            if (column == target.Length - Vector128<float>.Count)
                return;
        }
    }

    /// <summary>Eight values as the four in even and the four in odd places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> Even, Vector128<float> Odd) Split(ref float start)
    {
        var low = Vector128.Shuffle(Vector128.LoadUnsafe(ref start), Vector128.Create(0, 2, 1, 3));
        var high = Vector128.Shuffle(Vector128.LoadUnsafe(ref start, 4), Vector128.Create(0, 2, 1, 3));
        return (Vector128.Create(low.GetLower(), high.GetLower()), Vector128.Create(low.GetUpper(), high.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Challenge(
        Vector128<float> value, int place, ref Vector128<float> best, ref Vector128<int> winner)
    {
        var larger = Vector128.GreaterThan(value, best);
        best = Vector128.ConditionalSelect(larger, value, best);
        winner = Vector128.ConditionalSelect(larger.AsInt32(), Vector128.Create(place), winner);
    }
}

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
