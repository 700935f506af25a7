using Fed.Training.Managed;
using Fed.Training.Torch;

namespace Fed.Training;

/// <summary>Makes trainers. Every build has both kinds.</summary>
public static class Trainers
{
    private static readonly TrainerFactory InProcess = new(static model => new TorchTrainer(model));

    /// <param name="kind">Which one; by default the faster one.</param>
    /// <param name="notice">
    /// Told, once in a process, that libtorch would be faster for the model and cannot be loaded, with the reason.
    /// </param>
    /// <exception cref="TorchUnavailableException"><see cref="TrainerKind.Torch"/> cannot be had on
    /// this machine.</exception>
    public static ITrainer Create(
        ModelSpecification model, TrainerKind kind = TrainerKind.Auto, Action<string>? notice = null) =>
        InProcess.Create(model, kind, notice);

    /// <summary>The managed trainer: no native library, starts at once.</summary>
    public static ITrainer Managed(ModelSpecification model) => new ManagedTrainer(model);

    /// <summary>
    /// So that who insists on a trainer learns at once, not at its first task, that it cannot be had.
    /// </summary>
    /// <exception cref="TorchUnavailableException"><see cref="TrainerKind.Torch"/> cannot be had on
    /// this machine.</exception>
    public static void Require(TrainerKind kind)
    {
        if (kind == TrainerKind.Torch)
            Libtorch.Load();
    }
}

/// <summary>Which trainer to take.</summary>
public enum TrainerKind
{
    /// <summary>
    /// The one that is faster for the model (<see cref="TrainerRule"/>); the managed one without libtorch.
    /// </summary>
    Auto,

    /// <summary>libtorch, or an error that says why it cannot be loaded.</summary>
    Torch,

    /// <summary>No native library, starts at once.</summary>
    Managed,
}

/// <summary>
/// Which trainer is faster for a model, a core: what <c>fed bench training</c> has measured (docs/adr/0008). A step of
/// libtorch costs some tens of microseconds a layer whatever the layer does, and its first use half a second. Its
/// products are faster than the managed trainer's once they are large; its convolutions, without oneDNN, are slower.
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

    /// <summary>
    /// Multiplications with addition that one sample takes forward; training takes about three times that.
    /// </summary>
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
                Conv2dSpecification conv =>
                    Length(model.Shapes[i + 1]) * model.Shapes[i][0] * conv.Kernel * conv.Kernel,
                DenseSpecification dense => dense.Units * Length(model.Shapes[i]),
                _ => 0,
            };
        }

        return sum;
    }

    private static long Length(IReadOnlyList<int> shape) => shape.Aggregate(1L, (product, side) => product * side);
}

/// <summary>How a kind of trainer becomes a trainer, where the torch one may not be had.</summary>
/// <param name="torch">Makes it, or throws <see cref="TorchUnavailableException"/>.</param>
internal sealed class TrainerFactory(Func<ModelSpecification, ITrainer> torch)
{
    private int _told;

    /// <param name="notice">Told, at the first time only, that the managed trainer stands in, and why.</param>
    /// <exception cref="TorchUnavailableException"><see cref="TrainerKind.Torch"/> cannot be had.</exception>
    public ITrainer Create(ModelSpecification model, TrainerKind kind, Action<string>? notice)
    {
        var wanted = kind == TrainerKind.Auto ? TrainerRule.Faster(model) : kind;
        if (wanted == TrainerKind.Managed)
            return new ManagedTrainer(model);
        try
        {
            return torch(model);
        }
        catch (TorchUnavailableException missing) when (kind == TrainerKind.Auto)
        {
            if (notice is not null && Interlocked.Exchange(ref _told, 1) == 0)
            {
                notice($"the managed trainer takes model '{model.Name}', for which libtorch would be faster: "
                    + missing.Message);
            }

            return new ManagedTrainer(model);
        }
    }
}
