using Fed.Core.Models;
using static TorchSharp.torch;

namespace Fed.Training.Torch;

/// <summary>
/// A model's parameters and their gradients as two flat vectors [D], and per tensor of the layout a view into each: layers
/// read and write the views, the optimiser takes whole vectors, and nothing is copied between the two.
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
