using Fed.Training.Specification;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Fed.Training.Torch;

/// <summary>A model's layers as libtorch functions over views of the flat parameter vector.</summary>
internal sealed class TorchNetwork
{
    private readonly ModelSpecification _model;
    private readonly DropoutMask?[] _masks;
    private readonly long[] _input;

    public TorchNetwork(ModelSpecification model)
    {
        _model = model;
        _masks = [.. model.Layers.Select(layer => layer is DropoutSpecification it ? new DropoutMask(it.Rate) : null)];
        _input = [.. model.Input.Select(side => (long)side)];
    }

    public void Reseed(int seed)
    {
        for (var i = 0; i < _masks.Length; i++)
            _masks[i]?.Reseed(seed, i);
    }

    /// <param name="parameters">The flat vector; gradients flow through the views into it.</param>
    /// <param name="inputs">Samples, one after the other.</param>
    /// <returns>[batch, classes].</returns>
    public Tensor Forward(Tensor parameters, float[] inputs, int batch, bool training)
    {
        var value = tensor(inputs, [batch, .. _input]);
        var slot = 0;
        for (var i = 0; i < _model.Layers.Count; i++)
        {
            switch (_model.Layers[i])
            {
                case Conv2dSpecification conv:
                    value = functional.conv2d(
                        value, View(parameters, slot), View(parameters, slot + 1), [conv.Stride, conv.Stride],
                        [conv.Padding, conv.Padding]);
                    slot += 2;
                    break;
                case DenseSpecification:
                    value = functional.linear(value.flatten(1), View(parameters, slot), View(parameters, slot + 1));
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
                    throw new SpecificationException($"the torchsharp trainer has no layer of type {other.Type}");
            }
        }

        return value;
    }

    private Tensor View(Tensor parameters, int index)
    {
        var slot = _model.Layout.Tensors[index];
        return parameters.narrow(0, slot.Offset, slot.Length).view([.. slot.Shape.Select(side => (long)side)]);
    }

    private static Tensor Mask(DropoutMask mask, long[] shape)
    {
        var factors = new float[shape.Aggregate(1L, (product, side) => product * side)];
        mask.Fill(factors);
        return tensor(factors, shape);
    }
}
