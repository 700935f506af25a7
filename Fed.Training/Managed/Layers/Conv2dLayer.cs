using Fed.Training.Managed.Kernels;

namespace Fed.Training.Managed.Layers;

/// <summary>
/// A convolution that never writes im2col's matrix: the kernels read padded planes through tables of offsets. The
/// padded planes of the batch are kept for the backward pass.
/// </summary>
internal sealed unsafe class Conv2dLayer : ILayer
{
    private readonly int _weights;
    private readonly ConvolutionForward _forward;
    private readonly ConvolutionInputGradient _inputGradient;
    private readonly ConvolutionWeightGradient _weightGradient;

    public Conv2dLayer(Conv2dSpecification layer, int channels, int height, int width)
    {
        var output = layer.Output([channels, height, width]);
        InputLength = channels * height * width;
        OutputLength = layer.Filters * output[1] * output[2];
        _weights = layer.Filters * channels * layer.Kernel * layer.Kernel;
        ParameterCount = _weights + layer.Filters;
        _forward = new ConvolutionForward(layer, channels, height, width, output[1], output[2]);
        _inputGradient = new ConvolutionInputGradient(layer, channels, height, width, output[1], output[2]);
        _weightGradient = new ConvolutionWeightGradient(layer.Filters, _forward);
    }

    public int InputLength { get; }

    public int OutputLength { get; }

    public int ParameterCount { get; }

    public void Forward(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, Span<float> output, int batch, bool training)
    {
        _forward.Planes.Reserve(batch);
        fixed (float* kernels = parameters, from = input, to = output)
        {
            _forward.SetKernels(kernels, parameters[_weights..]);
            for (var n = 0; n < batch; n++)
                _forward.Run(n, from + n * InputLength, to + n * OutputLength);
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
        fixed (float* kernels = parameters, from = outputGradient, to = inputGradient, sums = parameterGradient)
        {
            _weightGradient.Add(batch, from, sums, sums + _weights);
            if (inputGradient.IsEmpty)
                return;
            _inputGradient.SetKernels(kernels);
            for (var n = 0; n < batch; n++)
                _inputGradient.Run(from + n * OutputLength, to + n * InputLength);
        }
    }
}
