using Fed.Training.Specification;

namespace Fed.Training;

/// <summary>
/// Which trainer is faster for a model. A step of libtorch costs some tens of microseconds a layer whatever the layer does,
/// and its first use 0.6 s; its products and convolutions are faster once they are large. `fed bench training` has
/// (docs/training.md): up to 1.1 million multiply-adds a sample the managed trainer is ahead at batches of 16 to 256, from
/// 4.8 million on libtorch is, with one thread each; and libtorch may take more threads.
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
