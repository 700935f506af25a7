using Orleans;

namespace Fed.Contracts.Federations;

/// <summary>The server optimiser of the global tier (Reddi 2021, Algorithm 2).</summary>
[GenerateSerializer, Immutable, Alias("fed.optimizer")]
public sealed record OptimizerSettings
{
    /// <summary><c>none</c>, <c>momentum</c>, <c>adagrad</c>, <c>adam</c> or <c>yogi</c>.</summary>
    [Id(0)] public string Kind { get; init; } = "none";

    /// <summary>eta, above 0.</summary>
    [Id(1)] public double LearningRate { get; init; } = 1.0;

    /// <summary>beta1 (or the momentum), 0 to below 1.</summary>
    [Id(2)] public double Beta1 { get; init; } = 0.9;

    /// <summary>beta2 of adam and yogi, 0 to below 1.</summary>
    [Id(3)] public double Beta2 { get; init; } = 0.99;

    /// <summary>tau, the adaptivity floor, above 0.</summary>
    [Id(4)] public double Tau { get; init; } = 1e-3;
}
