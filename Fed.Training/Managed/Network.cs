using Fed.Training.Managed.Layers;

namespace Fed.Training.Managed;

/// <summary>
/// The layers of a model with the work space for a batch, which grows to the largest batch seen and is reused.
/// </summary>
internal sealed class Network
{
    private readonly ILayer[] _layers;
    private readonly float[][] _activations;
    private readonly float[][] _gradients;
    private int _capacity;

    public Network(ModelSpecification model)
        : this(model, model.Layers.Count)
    {
    }

    /// <summary>The first layers of a model.</summary>
    public Network(ModelSpecification model, int depth)
    {
        _layers = [.. model.Layers.Take(depth).Select((layer, i) => LayerFactory.Create(layer, model.Shapes[i]))];
        _activations = new float[_layers.Length][];
        _gradients = new float[_layers.Length][];
        Outputs = _layers[^1].OutputLength;
    }

    /// <summary>Values that the last layer gives of a sample; of a whole model its classes.</summary>
    public int Outputs { get; }

    public void Reseed(int seed)
    {
        for (var i = 0; i < _layers.Length; i++)
        {
            if (_layers[i] is DropoutLayer dropout)
                dropout.Reseed(seed, i);
        }
    }

    /// <returns>What the last layer gives, batch x outputs: of a whole model the logits.</returns>
    public ReadOnlySpan<float> Forward(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, int batch, bool training)
    {
        Reserve(batch);
        var offset = 0;
        for (var i = 0; i < _layers.Length; i++)
        {
            var layer = _layers[i];
            layer.Forward(parameters.Slice(offset, layer.ParameterCount), input, _activations[i], batch, training);
            offset += layer.ParameterCount;
            input = _activations[i];
        }

        return input[..(batch * Outputs)];
    }

    /// <summary>Where the gradient of the loss by the logits is to be written before <see cref="Backward"/>.</summary>
    public Span<float> LogitGradient(int batch) => _gradients[^1].AsSpan(0, batch * Outputs);

    /// <summary>
    /// Follows the Forward of the same batch; adds the sum over the batch to <paramref name="gradient"/>.
    /// </summary>
    public void Backward(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, Span<float> gradient, int batch)
    {
        var offset = gradient.Length;
        for (var i = _layers.Length - 1; i >= 0; i--)
        {
            var layer = _layers[i];
            offset -= layer.ParameterCount;
            layer.Backward(
                parameters.Slice(offset, layer.ParameterCount),
                i == 0 ? input : _activations[i - 1],
                _activations[i],
                _gradients[i],
                i == 0 ? [] : _gradients[i - 1],
                gradient.Slice(offset, layer.ParameterCount),
                batch);
        }
    }

    private void Reserve(int batch)
    {
        if (batch <= _capacity)
            return;
        for (var i = 0; i < _layers.Length; i++)
        {
            _activations[i] = new float[batch * _layers[i].OutputLength];
            _gradients[i] = new float[batch * _layers[i].OutputLength];
        }

        _capacity = batch;
    }
}
