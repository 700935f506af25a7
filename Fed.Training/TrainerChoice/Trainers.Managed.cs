namespace Fed.Training;

public static partial class Trainers
{
    public const string Kind = "managed";

    public static ITrainer Create(ModelSpecification model) => Managed(model);
}
