using Fed.Training.Specification;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Fed.Training.Torch;

/// <summary>A model's layers as libtorch functions.</summary>
internal sealed class TorchNetwork
{
    private readonly ModelSpecification _model;
    private readonly TorchParameters _parameters;
    private readonly DropoutMask?[] _masks;

    public TorchNetwork(ModelSpecification model, TorchParameters parameters)
    {
        _model = model;
        _parameters = parameters;
        _masks = [.. model.Layers.Select(layer => layer is DropoutSpecification it ? new DropoutMask(it.Rate) : null)];
    }

    public void Reseed(int seed)
    {
        for (var i = 0; i < _masks.Length; i++)
            _masks[i]?.Reseed(seed, i);
    }

    /// <param name="inputs">[batch, ...], left as it is.</param>
    /// <returns>[batch, classes].</returns>
    public Tensor Forward(Tensor inputs, bool training)
    {
        var value = inputs;
        var slot = 0;
        for (var i = 0; i < _model.Layers.Count; i++)
        {
            switch (_model.Layers[i])
            {
                case Conv2dSpecification conv:
                    value = functional.conv2d(
                        value, _parameters[slot], _parameters[slot + 1], [conv.Stride, conv.Stride],
                        [conv.Padding, conv.Padding]);
                    slot += 2;
                    break;
                case DenseSpecification:
                    value = functional.linear(value.flatten(1), _parameters[slot], _parameters[slot + 1]);
                    slot += 2;
                    break;
                case PoolSpecification { Average: true } pool:
                    value = functional.avg_pool2d(value, pool.Size, pool.Size);
                    break;
                case PoolSpecification pool:
                    value = functional.max_pool2d(value, pool.Size, pool.Size);
                    break;
                case ReluSpecification:
                    value = functional.relu(value);
                    break;
                case DropoutSpecification:
                    value = training ? value * Mask(_masks[i]!, value.shape) : value;
                    break;
                case var other:
                    throw new SpecificationException($"the torch trainer has no layer of type {other.Type}");
            }
        }

        return value;
    }

    private static Tensor Mask(DropoutMask mask, long[] shape)
    {
        var factors = new float[shape.Aggregate(1L, (product, side) => product * side)];
        mask.Fill(factors);
        return tensor(factors, shape);
    }
}
