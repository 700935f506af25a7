using Fed.Training.Managed;
using Fed.Training.Torch.Native;

namespace Fed.Training;

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
