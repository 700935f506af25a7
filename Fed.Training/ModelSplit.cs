using Fed.Core.Models;

namespace Fed.Training;

/// <summary>
/// A model cut in two for transfer learning (Yosinski 2014): layers in front that stay as they were trained elsewhere,
/// and the head behind them, which is trained. What the front gives for a sample never changes, so it is computed once
/// (<see cref="FrozenLayers"/>).
/// </summary>
public sealed class ModelSplit
{
    private ModelSplit(ModelSpecification model, int depth, int tensors)
    {
        Model = model;
        Depth = depth;
        Frozen = new ModelLayout(model.Layout.Tensors.Take(tensors).Select(slot => (slot.Name, slot.Shape)));
    }

    public ModelSpecification Model { get; }

    /// <summary>
    /// Layers of the front: to the last that is frozen, and those without parameters behind it. Not from a dropout on,
    /// which is to draw anew in every step.
    /// </summary>
    public int Depth { get; }

    /// <summary>Of the front's parameters, the first of <see cref="ModelSpecification.Layout"/>.</summary>
    public ModelLayout Frozen { get; }

    /// <param name="frozen">Numbers of layers with parameters, as their tensors' names begin: <c>0</c> is that of
    /// <c>0.weight</c> and <c>0.bias</c>. Some, not all, and none behind a layer that is not frozen.</param>
    /// <exception cref="SpecificationException">The model cannot be cut like that; the message says why.</exception>
    public static ModelSplit Cut(ModelSpecification model, IReadOnlyList<int> frozen)
    {
        var able = LayersWithParameters(model);
        var names = string.Join(", ", able);
        if (frozen.Count == 0)
            throw new SpecificationException($"no layer is frozen; name at least one of the model's {names}");
        foreach (var layer in frozen.Where(layer => !able.Contains(layer)))
            throw new SpecificationException($"frozen has {layer}; the model's layers with parameters are {names}");
        int[] trained = [.. able.Except(frozen)];
        if (trained.Length == 0)
        {
            throw new SpecificationException(
                $"all layers with parameters ({names}) are frozen, so that nothing would be trained; leave out at "
                + $"least the last, {able[^1]}");
        }

        var last = frozen.Max();
        if (last > trained[0])
        {
            throw new SpecificationException(
                $"layer {last} is frozen behind layer {trained[0]}, which is trained: what it gives would change in "
                + $"every step; freeze {trained[0]} too, or leave {last} to be trained");
        }

        var depth = last + 1;
        while (!HasParameters(model, depth) && model.Layers[depth] is not DropoutSpecification)
            depth++;
        return new ModelSplit(model, depth, Enumerable.Range(0, depth).Sum(layer => Tensors(model, layer)));
    }

    /// <summary>Numbers of the layers that can be frozen or trained.</summary>
    public static IReadOnlyList<int> LayersWithParameters(ModelSpecification model) =>
        [.. Enumerable.Range(0, model.Layers.Count).Where(layer => HasParameters(model, layer))];

    /// <summary>The layers behind the front, as a model of what the front gives. Its tensors are named as in the whole
    /// model.</summary>
    /// <param name="extractor">SHA-256 of the front's safetensors file.</param>
    public ModelSpecification Head(string extractor) => new(
        Model.Name, Model.Shapes[Depth], [.. Model.Layers.Skip(Depth)], firstLayer: Depth, extractor);

    private static bool HasParameters(ModelSpecification model, int layer) => Tensors(model, layer) > 0;

    private static int Tensors(ModelSpecification model, int layer) =>
        model.Layers[layer].Tensors(model.Shapes[layer]).Count();
}
