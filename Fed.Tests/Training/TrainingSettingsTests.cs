using Fed.Training;

namespace Fed.Tests.Training;

public sealed class TrainingSettingsTests
{
    public static TheoryData<string, TrainingSettings> Bad() => new()
    {
        { "Epochs is 0; it must be 1 to 100000", new() { Epochs = 0 } },
        { "Epochs is 100001", new() { Epochs = 100_001 } },
        { "BatchSize is 0; it must be at least 1", new() { BatchSize = 0 } },
        { "LearningRate is 0", new() { LearningRate = 0 } },
        { "LearningRate is NaN", new() { LearningRate = double.NaN } },
        { "LearningRate is Infinity", new() { LearningRate = double.PositiveInfinity } },
        { "Optimizer is 7; it must be sgd or adam", new() { Optimizer = (OptimizerKind)7 } },
        { "Momentum is 1; it must be 0 to below 1", new() { Momentum = 1 } },
        { "Momentum is -0.1", new() { Momentum = -0.1 } },
        { "WeightDecay is -1", new() { WeightDecay = -1 } },
        { "ProximalMu is NaN", new() { ProximalMu = double.NaN } },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Validate_OutOfRange_NamesPropertyValueAndBound(string message, TrainingSettings settings) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(settings.Validate).Message);

    [Fact]
    public void Validate_Defaults_Pass() => new TrainingSettings().Validate();
}
