namespace Fed.Training.Managed.Layers;

internal sealed class DropoutLayer(int length, double rate) : ILayer
{
    private readonly float _scale = (float)(1 / (1 - rate));
    private float[] _mask = [];
    private SplitMix64 _random;

    public int InputLength => length;

    public int OutputLength => length;

    public int ParameterCount => 0;

    public void Reseed(ulong seed) => _random = new SplitMix64(seed);

    public void Forward(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, Span<float> output, int batch, bool training)
    {
        var count = batch * length;
        if (!training)
        {
            input[..count].CopyTo(output);
            return;
        }

        if (_mask.Length < count)
            _mask = new float[count];
        for (var i = 0; i < count; i++)
        {
            _mask[i] = _random.NextDouble() < rate ? 0 : _scale;
            output[i] = input[i] * _mask[i];
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
        for (var i = 0; i < inputGradient.Length && i < batch * length; i++)
            inputGradient[i] = outputGradient[i] * _mask[i];
    }
}
