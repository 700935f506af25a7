using Fed.Training.Managed;
using Fed.Training.Torch;
using Fed.Training.Torch.Native;

namespace Fed.Training;

/// <summary>Makes trainers. Every build has both kinds.</summary>
public static class Trainers
{
    private static int _told;

    /// <param name="kind">Which one; by default the faster one.</param>
    /// <param name="notice">
    /// Told, once in a process, that libtorch would be faster for the model and cannot be loaded, with the reason.
    /// </param>
    /// <exception cref="TorchUnavailableException"><see cref="TrainerKind.Torch"/> cannot be had on this machine.</exception>
    public static ITrainer Create(
        ModelSpecification model, TrainerKind kind = TrainerKind.Auto, Action<string>? notice = null) =>
        Create(model, kind, TrainerRule.Faster(model), Torch, text =>
        {
            if (notice is not null && Interlocked.Exchange(ref _told, 1) == 0)
                notice(text);
        });

    /// <summary>The managed trainer: no native library, starts at once.</summary>
    public static ITrainer Managed(ModelSpecification model) => new ManagedTrainer(model);

    /// <exception cref="TorchUnavailableException">libtorch cannot be loaded on this machine.</exception>
    public static ITrainer Torch(ModelSpecification model) => new TorchTrainer(model);

    /// <summary>So that who insists on a trainer learns at once, not at its first task, that it cannot be had.</summary>
    /// <exception cref="TorchUnavailableException"><see cref="TrainerKind.Torch"/> cannot be had on this machine.</exception>
    public static void Require(TrainerKind kind)
    {
        if (kind == TrainerKind.Torch)
            Libtorch.Load();
    }

    /// <param name="faster">What <see cref="TrainerKind.Auto"/> asks for.</param>
    /// <param name="torch">Makes the torch trainer, or throws.</param>
    internal static ITrainer Create(
        ModelSpecification model,
        TrainerKind kind,
        TrainerKind faster,
        Func<ModelSpecification, ITrainer> torch,
        Action<string> notice)
    {
        if (kind == TrainerKind.Torch)
            return torch(model);
        if (kind == TrainerKind.Managed || faster == TrainerKind.Managed)
            return Managed(model);
        try
        {
            return torch(model);
        }
        catch (TorchUnavailableException error)
        {
            notice($"the managed trainer trains '{model.Name}', for which libtorch would be faster: {error.Message}");
            return Managed(model);
        }
    }
}
