using Fed.Training.Managed;
using Fed.Training.Torch;
using Fed.Training.Torch.Native;

namespace Fed.Training;

/// <summary>Makes trainers. Every build has both kinds.</summary>
public static class Trainers
{
    private static readonly TrainerFactory InProcess = new(static model => new TorchTrainer(model));

    /// <param name="kind">Which one; by default the faster one.</param>
    /// <param name="notice">
    /// Told, once in a process, that libtorch would be faster for the model and cannot be loaded, with the reason.
    /// </param>
    /// <exception cref="TorchUnavailableException"><see cref="TrainerKind.Torch"/> cannot be had on this
    /// machine.</exception>
    public static ITrainer Create(
        ModelSpecification model, TrainerKind kind = TrainerKind.Auto, Action<string>? notice = null) =>
        InProcess.Create(model, kind, notice);

    /// <summary>The managed trainer: no native library, starts at once.</summary>
    public static ITrainer Managed(ModelSpecification model) => new ManagedTrainer(model);

    /// <summary>So that who insists on a trainer learns at once, not at its first task, that it cannot be had.</summary>
    /// <exception cref="TorchUnavailableException"><see cref="TrainerKind.Torch"/> cannot be had on this
    /// machine.</exception>
    public static void Require(TrainerKind kind)
    {
        if (kind == TrainerKind.Torch)
            Libtorch.Load();
    }
}
