using Fed.Training.Torch;

namespace Fed.Training;

public static partial class Trainers
{
    public const string Kind = "torchsharp";

    public static ITrainer Create(ModelSpecification model) => new TorchTrainer(model);
}
