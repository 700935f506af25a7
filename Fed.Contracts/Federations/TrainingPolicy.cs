using Orleans;

namespace Fed.Contracts.Federations;

/// <summary>How a participant trains between two contributions.</summary>
[GenerateSerializer, Immutable, Alias("fed.training")]
public sealed record TrainingPolicy
{
    /// <summary>E: passes over the local data, at least 1.</summary>
    [Id(0)] public int Epochs { get; init; } = 1;

    /// <summary>B: examples a step, at least 1.</summary>
    [Id(1)] public int BatchSize { get; init; } = 32;

    [Id(2)] public double LearningRate { get; init; } = 0.05;

    /// <summary><c>sgd</c> or <c>adam</c>.</summary>
    [Id(3)] public string Optimizer { get; init; } = "sgd";

    [Id(4)] public double Momentum { get; init; } = 0.9;

    /// <summary>FedProx's mu; 0 is FedAvg.</summary>
    [Id(5)] public double ProximalMu { get; init; }

    [Id(6)] public double WeightDecay { get; init; }
}
