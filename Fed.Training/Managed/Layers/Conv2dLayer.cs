using System.Numerics.Tensors;

namespace Fed.Training.Managed.Layers;

/// <summary>
/// Convolution as a matrix product per sample: Y = W C + b, where C [channels k k, rows columns] holds the patches
/// (im2col; Chellapilla 2006). The columns of the batch are kept for the backward pass.
/// </summary>
internal sealed class Conv2dLayer : ILayer
{
    private readonly PatchColumns _patches;
    private readonly int _filters;
    private float[] _columns = [];
    private float[] _gradientColumns = [];

    public Conv2dLayer(PatchColumns patches, int filters)
    {
        _patches = patches;
        _filters = filters;
    }

    public int InputLength => _patches.InputLength;

    public int OutputLength => _filters * _patches.Positions;

    public int ParameterCount => _filters * _patches.Depth + _filters;

    public void Forward(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, Span<float> output, int batch, bool training)
    {
        if (_columns.Length < batch * _patches.Length)
            _columns = new float[batch * _patches.Length];
        var bias = parameters[(_filters * _patches.Depth)..];
        for (var sample = 0; sample < batch; sample++)
        {
            var columns = _columns.AsSpan(sample * _patches.Length, _patches.Length);
            _patches.Gather(input.Slice(sample * InputLength, InputLength), columns);
            var target = output.Slice(sample * OutputLength, OutputLength);
            for (var filter = 0; filter < _filters; filter++)
                target.Slice(filter * _patches.Positions, _patches.Positions).Fill(bias[filter]);
            MatrixProduct.Add(parameters, columns, target, _filters, _patches.Positions, _patches.Depth);
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
        var bias = parameterGradient[(_filters * _patches.Depth)..];
        if (_gradientColumns.Length < _patches.Length && !inputGradient.IsEmpty)
            _gradientColumns = new float[_patches.Length];
        for (var sample = 0; sample < batch; sample++)
        {
            var gradient = outputGradient.Slice(sample * OutputLength, OutputLength);
            var columns = _columns.AsSpan(sample * _patches.Length, _patches.Length);
            MatrixProduct.AddTransposedRight(
                gradient, columns, parameterGradient, _filters, _patches.Depth, _patches.Positions);
            for (var filter = 0; filter < _filters; filter++)
                bias[filter] += TensorPrimitives.Sum(gradient.Slice(filter * _patches.Positions, _patches.Positions));
            if (inputGradient.IsEmpty)
                continue;
            Array.Clear(_gradientColumns);
            MatrixProduct.AddTransposedLeft(
                parameters, gradient, _gradientColumns, _patches.Depth, _patches.Positions, _filters);
            _patches.Scatter(_gradientColumns, inputGradient.Slice(sample * InputLength, InputLength));
        }
    }
}
