using Fed.Training.Managed;

namespace Fed.Training;

/// <summary>The trainer that this build holds.</summary>
public static partial class Trainers
{
    /// <summary>The managed trainer: no native library, starts at once.</summary>
    public static ITrainer Managed(ModelSpecification model) => new ManagedTrainer(model);
}
