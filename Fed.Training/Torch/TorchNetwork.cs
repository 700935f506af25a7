using Fed.Core.Models;
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

/// <summary>
/// A model's parameters and their gradients as two flat vectors [D], and per tensor of the layout a view into each:
/// layers read and write the views, the optimiser takes whole vectors, and nothing is copied between the two.
/// </summary>
internal sealed class TorchParameters
{
    private readonly Tensor[] _slots;

    public TorchParameters(ModelLayout layout)
    {
        Values = zeros(layout.ParameterCount).DetachFromDisposeScope();
        Gradient = zeros(layout.ParameterCount).DetachFromDisposeScope();
        _slots = [.. layout.Tensors.Select(Slot)];
    }

    public Tensor Values { get; }

    /// <summary>What <c>backward()</c> adds to. Nobody clears it but the optimiser.</summary>
    public Tensor Gradient { get; }

    /// <summary>In layout order, in the layout's shapes; gradients flow into <see cref="Gradient"/>.</summary>
    public Tensor this[int slot] => _slots[slot];

    /// <summary>Sets the values; the gradient becomes zero.</summary>
    /// <param name="parameters">[D].</param>
    public void Load(float[] parameters)
    {
        using var source = tensor(parameters);
        Values.copy_(source);
        Gradient.zero_();
    }

    private Tensor Slot(TensorSlot slot)
    {
        using var scope = NewDisposeScope();
        long[] shape = [.. slot.Shape.Select(side => (long)side)];
        var view = Values.narrow(0, slot.Offset, slot.Length).view(shape).detach().requires_grad_(true);
        view.grad = Gradient.narrow(0, slot.Offset, slot.Length).view(shape);
        return view.DetachFromDisposeScope();
    }
}
