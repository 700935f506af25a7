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

    /// <summary>
    /// Share of the learning rate that is lost by the target version, 0 (constant) to below 1; it falls linearly with
    /// the global version. On data that are not IID, FedAvg reaches the optimum only with a falling rate (Li 2020, "On
    /// the Convergence of FedAvg on Non-IID Data", Theorems 1 and 4).
    /// </summary>
    [Id(7)] public double LearningRateDecay { get; init; }

    /// <summary>
    /// FedNova's tau_eff (Wang 2020, equations 6 to 9), finite: every participant scales its delta to this many plain
    /// steps, however many it took, so that those with more data or batches do not pull the optimum their way. 0: off.
    /// </summary>
    [Id(8)] public double NovaSteps { get; init; }

    /// <summary>
    /// SCAFFOLD (Karimireddy 2020): the federation's vector is [x; c], twice as long as the model, and participants
    /// correct their gradients by c - c_i. Synchronous federations only, with the settings that docs/training.md names.
    /// </summary>
    [Id(9)] public bool ControlVariates { get; init; }

    /// <summary>The policy of one task: its learning rate is the one at that version, and no longer decays.</summary>
    /// <param name="version">Global version, from 0.</param>
    /// <param name="target">The version at which training ends, above 0 where the rate decays.</param>
    public TrainingPolicy At(long version, long target) => LearningRateDecay == 0
        ? this
        : this with
        {
            LearningRate = LearningRate * (1 - LearningRateDecay * Math.Min(1, (double)version / target)),
            LearningRateDecay = 0,
        };
}
