using Fed.Training.Specification;

namespace Fed.Training;

/// <summary>
/// Which trainer is faster for a model, a core: what <c>fed bench training</c> has measured (docs/adr/0008). A step of
/// libtorch costs some tens of microseconds a layer whatever the layer does, and its first use half a second. Its products
/// are faster than the managed trainer's once they are large; its convolutions, without oneDNN, are slower.
/// </summary>
public static class TrainerRule
{
    /// <summary>Multiply-adds a sample in dense layers, and more than in convolutions, from which libtorch is taken:
    /// between the 0.2 million and the 4.8 million that were measured.</summary>
    public const long TorchFrom = 3_000_000;

    public static TrainerKind Faster(ModelSpecification model)
    {
        var dense = Sum<DenseSpecification>(model);
        return dense >= TorchFrom && dense > Sum<Conv2dSpecification>(model) ? TrainerKind.Torch : TrainerKind.Managed;
    }

    /// <summary>Multiplications with addition that one sample takes forward; training takes about three times
    /// that.</summary>
    public static long MultiplyAdds(ModelSpecification model) => Sum<LayerSpecification>(model);

    /// <summary>Of the layers of one kind.</summary>
    private static long Sum<TLayer>(ModelSpecification model)
        where TLayer : LayerSpecification
    {
        var sum = 0L;
        for (var i = 0; i < model.Layers.Count; i++)
        {
            if (model.Layers[i] is not TLayer)
                continue;
            sum += model.Layers[i] switch
            {
                Conv2dSpecification conv => Length(model.Shapes[i + 1]) * model.Shapes[i][0] * conv.Kernel * conv.Kernel,
                DenseSpecification dense => dense.Units * Length(model.Shapes[i]),
                _ => 0,
            };
        }

        return sum;
    }

    private static long Length(IReadOnlyList<int> shape) => shape.Aggregate(1L, (product, side) => product * side);
}
