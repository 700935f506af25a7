using Fed.Training.Specification;

namespace Fed.Training;

/// <summary>
/// Which trainer is faster for a model. A step of libtorch costs some tens of microseconds a layer whatever the layer does,
/// and its first use half a second; up to 1.1 million multiply-adds a sample the managed trainer is ahead at every batch
/// size that <c>fed bench training</c> has measured. For the models of 4.8 million and more libtorch takes as many threads
/// as there are cores, the managed trainer has one (docs/adr/0008).
/// </summary>
public static class TrainerRule
{
    /// <summary>Multiply-adds a sample from which libtorch is taken: between the two measurements.</summary>
    public const long TorchFrom = 3_000_000;

    public static TrainerKind Faster(ModelSpecification model) =>
        MultiplyAdds(model) >= TorchFrom ? TrainerKind.Torch : TrainerKind.Managed;

    /// <summary>Multiplications with addition that one sample takes forward; training takes about three times
    /// that.</summary>
    public static long MultiplyAdds(ModelSpecification model)
    {
        var sum = 0L;
        for (var i = 0; i < model.Layers.Count; i++)
        {
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
