using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fed.Training.Managed.Kernels;

/// <summary>
/// The gradient of a convolution by its input. The input's pixels that leave the same remainders by the stride (a
/// phase) were read by the same taps, so each phase is a plain convolution of the padded output gradient with those
/// taps turned round, and no zero of a spread gradient is multiplied (Dumoulin and Visin, arXiv:1603.07285, chapter 4).
/// </summary>
internal sealed unsafe class ConvolutionInputGradient
{
    private readonly PaddedPlanes _planes;
    private readonly InputPhase[] _phases;
    private readonly int _stride;
    private readonly int _channels;
    private readonly int _height;
    private readonly int _width;

    public ConvolutionInputGradient(
        Conv2dSpecification layer, int channels, int height, int width, int rows, int columns)
    {
        (_stride, _channels, _height, _width) = (layer.Stride, channels, height, width);
        var reach = (layer.Kernel - 1) / _stride;
        _planes = new PaddedPlanes(
            layer.Filters,
            reach + Math.Max(rows, (height - 1 + layer.Padding) / _stride + 1),
            reach + Math.Max(columns, (width - 1 + layer.Padding) / _stride + 1),
            rows, columns, reach, 1);
        _planes.Reserve(1);
        var phases =
            from row in Enumerable.Range(0, _stride)
            from column in Enumerable.Range(0, _stride)
            select new InputPhase(
                layer, channels, new PhaseSide(height, layer, row), new PhaseSide(width, layer, column), _planes);
        _phases = [.. phases];
    }

    /// <param name="kernels">[filters][channels][rows][columns].</param>
    public void SetKernels(float* kernels)
    {
        foreach (var phase in _phases)
            phase.SetKernels(kernels);
    }

    /// <summary>Overwrites the input gradient of one image.</summary>
    public void Run(float* outputGradient, float* inputGradient)
    {
        _planes.Fill(0, outputGradient);
        var image = _planes.Image(0);
        if (_stride == 1)
        {
            _phases[0].RunDense(image, inputGradient);
            return;
        }

        foreach (var phase in _phases)
            phase.Run(image);
        for (var i = 0; i < _phases.Length; i += _stride)
        {
            if (_stride == 2)
                Join(_phases[i], _phases[i + 1], inputGradient);
            else
                Spread(_phases.AsSpan(i, _stride), inputGradient);
        }
    }

    /// <summary>Zips the two column phases of a row phase.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Join(InputPhase one, InputPhase other, float* target)
    {
        var (even, odd) = one.Columns.First == 0 ? (one, other) : (other, one);
        var lanes = Vector<float>.Count;
        for (var channel = 0; channel < _channels; channel++)
        {
            for (var y = 0; y < even.Rows.Count; y++)
            {
                var left = even.Row(channel, y);
                var right = odd.Row(channel, y);
                var row = target + (channel * _height + even.Rows.First + 2 * y) * _width;
                var x = 0;
                for (; x + 2 * lanes <= _width; x += 2 * lanes)
                {
                    Pairs.Join(Vector.Load(left + x / 2), Vector.Load(right + x / 2), out var first, out var second);
                    Vector.Store(first, row + x);
                    Vector.Store(second, row + x + lanes);
                }

                for (; x < _width; x++)
                    row[x] = x % 2 == 0 ? left[x / 2] : right[x / 2];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Spread(ReadOnlySpan<InputPhase> phases, float* target)
    {
        foreach (var phase in phases)
        {
            for (var channel = 0; channel < _channels; channel++)
            {
                for (var y = 0; y < phase.Rows.Count; y++)
                {
                    var source = phase.Row(channel, y);
                    var row = target + (channel * _height + phase.Rows.First + y * _stride) * _width;
                    for (var x = 0; x < phase.Columns.Count; x++)
                        row[phase.Columns.First + x * _stride] = source[x];
                }
            }
        }
    }
}

/// <summary>One phase of <see cref="ConvolutionInputGradient"/>, with its own taps, kernels and result.</summary>
internal sealed unsafe class InputPhase
{
    private readonly Conv2dSpecification _layer;
    private readonly int _channels;
    private readonly PlaneConvolution? _convolution;
    private readonly AlignedBuffer<float> _kernels;
    private readonly AlignedBuffer<float> _result;

    public InputPhase(Conv2dSpecification layer, int channels, PhaseSide rows, PhaseSide columns, PaddedPlanes gradient)
    {
        (_layer, _channels, Rows, Columns) = (layer, channels, rows, columns);
        var taps = new int[layer.Filters * rows.Taps * columns.Taps];
        _kernels = new AlignedBuffer<float>((long)channels * taps.Length);
        if (rows.Count == 0 || columns.Count == 0)
        {
            _result = new AlignedBuffer<float>(0);
            return;
        }

        var reach = (layer.Kernel - 1) / layer.Stride;
        for (var i = 0; i < taps.Length; i++)
        {
            var (row, column) = (i / columns.Taps % rows.Taps, i % columns.Taps);
            var filter = i / (rows.Taps * columns.Taps);
            taps[i] = gradient.At(filter, reach - row, reach - column);
        }

        var start = rows.Start * gradient.Pitch + columns.Start;
        _convolution = new PlaneConvolution(
            channels, taps, new PlaneVectors(rows.Count, columns.Count, gradient.Pitch, start));
        _result = new AlignedBuffer<float>((long)channels * _convolution.Vectors.PlaneLength);
    }

    public PhaseSide Rows { get; }

    public PhaseSide Columns { get; }

    /// <summary>The result of the last run.</summary>
    public float* Row(int channel, int row) =>
        _result.Pointer + channel * _convolution!.Vectors.PlaneLength + row * _convolution.Vectors.Pitch;

    /// <summary>Picks this phase's taps: [filters][channels][taps] to [channels][filters][taps].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void SetKernels(float* kernels)
    {
        if (_convolution is null)
            return;
        var (side, stride) = (_layer.Kernel, _layer.Stride);
        var write = _kernels.Pointer;
        for (var channel = 0; channel < _channels; channel++)
        {
            for (var filter = 0; filter < _layer.Filters; filter++)
            {
                var kernel = kernels + (filter * _channels + channel) * side * side;
                for (var y = Rows.FirstTap; y < side; y += stride)
                {
                    for (var x = Columns.FirstTap; x < side; x += stride)
                        *write++ = kernel[y * side + x];
                }
            }
        }

        _convolution.SetKernels(_kernels.Pointer, []);
    }

    public void Run(float* image) => _convolution?.Run(image, _result.Pointer);

    /// <summary>Writes channels x rows x columns without gaps.</summary>
    public void RunDense(float* image, float* target)
    {
        if (_convolution!.Vectors.Dense)
        {
            _convolution.Run(image, target);
            return;
        }

        _convolution.Run(image, _result.Pointer);
        _convolution.Vectors.Gather(_channels, _result.Pointer, target);
    }
}

/// <summary>
/// The rows, or the columns, of an input that leave one remainder by the stride once the padding is added.
/// </summary>
internal readonly struct PhaseSide
{
    /// <param name="length">Rows (columns) of the input.</param>
    /// <param name="layer">The convolution.</param>
    /// <param name="remainder">0 to stride - 1.</param>
    public PhaseSide(int length, Conv2dSpecification layer, int remainder)
    {
        var (stride, padding) = (layer.Stride, layer.Padding);
        Start = (Math.Max(0, padding - remainder) + stride - 1) / stride;
        First = Start * stride + remainder - padding;
        Count = First < length ? (length - 1 - First) / stride + 1 : 0;
        Taps = Math.Max(0, layer.Kernel - remainder + stride - 1) / stride;
        FirstTap = remainder;
    }

    /// <summary>Index of the first in the padded input, counted in strides.</summary>
    public int Start { get; }

    /// <summary>Index of the first in the input itself.</summary>
    public int First { get; }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>How many rows (columns) of the kernel read them: FirstTap, FirstTap + stride, ...</summary>
    public int Taps { get; }

    public int FirstTap { get; }
}
