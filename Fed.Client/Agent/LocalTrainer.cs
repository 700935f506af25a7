using Fed.Training;

namespace Fed.Client.Agent;

/// <summary>The trainer of a process that has a standard error.</summary>
internal static class LocalTrainer
{
    /// <summary>A trainer; that auto had to do without libtorch goes to standard error, once in a process.</summary>
    /// <exception cref="Training.Torch.TorchUnavailableException">As <see cref="Trainers"/> has it.</exception>
    public static ITrainer Create(ModelSpecification model, TrainerKind kind) =>
        Trainers.Create(model, kind, static text => Console.Error.WriteLine($"fed: {text}"));
}
