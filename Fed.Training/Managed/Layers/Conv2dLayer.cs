using System.Numerics.Tensors;

namespace Fed.Training.Managed.Layers;

/// <summary>
/// Convolution as matrix products per sample over <see cref="PhasePlanes"/>, which are kept for the backward pass: the
/// output is W P, the weights' gradient G P^T, and the input's gradient, phase by phase, the transposed convolution.
/// </summary>
internal sealed class Conv2dLayer : ILayer
{
    private readonly PhasePlanes _planes;
    private readonly int _filters;
    private readonly int[] _taps;
    private readonly InputPhase[] _phases;
    private readonly float[] _wide;
    private readonly float[] _padded;
    private readonly int _wideStride;
    private readonly int _paddedStride;
    private readonly int _front;
    private float[] _kept = [];

    public Conv2dLayer(PhasePlanes planes, int filters, int kernel, int stride)
    {
        _planes = planes;
        _filters = filters;
        _taps = planes.TapOffsets();

        // The gradient of the output, in rows of the planes' pitch, with zeros before, behind and between: a shift by
        // the kernel's reach meets zeros. They are never written.
        _front = planes.Reach * planes.Pitch + planes.Reach;
        _wideStride = ShiftedProduct.RoundUp(planes.PlaneLength);
        _paddedStride = _front + _wideStride;
        _padded = new float[filters * _paddedStride + ShiftedProduct.Width];
        _wide = new float[Math.Max(filters, planes.Channels) * _wideStride];
        _phases = InputPhase.All(planes, filters, kernel, stride, _paddedStride, _front);
    }

    public int InputLength => _planes.InputLength;

    public int OutputLength => _filters * _planes.Rows * _planes.Columns;

    public int ParameterCount => _filters * _planes.Depth + _filters;

    public void Forward(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, Span<float> output, int batch, bool training)
    {
        if (_kept.Length < batch * _planes.Length)
            _kept = new float[batch * _planes.Length];
        var bias = parameters[(_filters * _planes.Depth)..];
        for (var sample = 0; sample < batch; sample++)
        {
            var planes = _kept.AsSpan(sample * _planes.Length, _planes.Length);
            _planes.Split(input.Slice(sample * InputLength, InputLength), planes);
            ShiftedProduct.Multiply(parameters, _taps, planes, _wide, _wideStride, bias, _filters, _planes.Span);
            var target = output.Slice(sample * OutputLength, OutputLength);
            for (var line = 0; line < _filters * _planes.Rows; line++)
                _wide.AsSpan(At(line, _wideStride), _planes.Columns).CopyTo(target[(line * _planes.Columns)..]);
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
        var bias = parameterGradient[(_filters * _planes.Depth)..];
        var positions = _planes.Rows * _planes.Columns;
        if (!inputGradient.IsEmpty)
        {
            inputGradient[..(batch * InputLength)].Clear();
            foreach (var phase in _phases)
                phase.Load(parameters);
        }

        for (var sample = 0; sample < batch; sample++)
        {
            var gradient = outputGradient.Slice(sample * OutputLength, OutputLength);
            for (var line = 0; line < _filters * _planes.Rows; line++)
            {
                gradient.Slice(line * _planes.Columns, _planes.Columns)
                    .CopyTo(_padded.AsSpan(_front + At(line, _paddedStride)));
            }

            ShiftedProduct.AddDots(
                _padded.AsSpan(_front),
                _paddedStride,
                _taps,
                _kept.AsSpan(sample * _planes.Length, _planes.Length),
                ShiftedProduct.RoundUp(_planes.Span),
                parameterGradient,
                _filters);
            for (var filter = 0; filter < _filters; filter++)
                bias[filter] += TensorPrimitives.Sum(gradient.Slice(filter * positions, positions));
            if (inputGradient.IsEmpty)
                continue;
            foreach (var phase in _phases)
            {
                ShiftedProduct.Multiply(
                    phase.Weights, phase.Offsets, _padded, _wide, _wideStride, [], _planes.Channels, phase.Length);
                var target = inputGradient.Slice(sample * InputLength, InputLength);
                _planes.Merge(phase.Row, phase.Column, _wide, _wideStride, target);
            }
        }
    }

    /// <summary>Where an output line, filter by filter, stands among rows of the planes' pitch.</summary>
    private int At(int line, int stride) => line / _planes.Rows * stride + line % _planes.Rows * _planes.Pitch;
}
