using System.Runtime.CompilerServices;
using Fed.Training.Specification;

namespace Fed.Training.Managed.Kernels;

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
