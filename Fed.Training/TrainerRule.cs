using Fed.Training.Specification;

namespace Fed.Training;

/// <summary>Which trainer is faster for a model.</summary>
public static class TrainerRule
{
    public static TrainerKind Faster(ModelSpecification model) => TrainerKind.Managed;

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
