using Fed.Training.Data;
using static TorchSharp.torch;

namespace Fed.Training.Torch;

/// <summary>A sample set as tensors: copied once, then batches are picked by libtorch.</summary>
internal sealed class TorchSamples
{
    private readonly Tensor _inputs;
    private readonly Tensor _labels;

    public TorchSamples(SampleSet data)
    {
        _inputs = tensor(data.Inputs, [data.Count, .. data.Shape.Select(side => (long)side)]).DetachFromDisposeScope();
        _labels = tensor(Array.ConvertAll(data.Labels, label => (long)label)).DetachFromDisposeScope();
    }

    /// <summary>Inputs [n, ...] and labels [n] of the given samples [n], copied.</summary>
    public (Tensor Inputs, Tensor Labels) Pick(Tensor samples) =>
        (_inputs.index_select(0, samples), _labels.index_select(0, samples));

    /// <summary>Inputs and labels of neighbours, not copied.</summary>
    public (Tensor Inputs, Tensor Labels) Range(int start, int count) =>
        (_inputs.narrow(0, start, count), _labels.narrow(0, start, count));
}
