using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Fed.Contracts.Federations;
using Fed.Training;

namespace Fed.Client.Agent;

/// <summary>The federation's training policy as the trainer takes it.</summary>
internal static class TrainingPolicies
{
    /// <summary>Seed of stochastic rounding: another one for each task and participant, so that errors
    /// cancel.</summary>
    public static ulong RoundingSeed(int seed, string participant) => BinaryPrimitives.ReadUInt64LittleEndian(
        SHA256.HashData(Encoding.UTF8.GetBytes($"rounding/{seed}/{participant}")));

    /// <exception cref="ArgumentException">An optimiser that this agent does not have.</exception>
    public static TrainingSettings ToSettings(TrainingPolicy policy, int seed) => new()
    {
        Epochs = policy.Epochs,
        BatchSize = policy.BatchSize,
        LearningRate = policy.LearningRate,
        Momentum = policy.Momentum,
        Optimizer = policy.Optimizer switch
        {
            "sgd" => OptimizerKind.Sgd,
            "adam" => OptimizerKind.Adam,
            _ => throw new ArgumentException(
                $"the federation trains with '{policy.Optimizer}', which this agent does not have; update it"),
        },
        ProximalMu = policy.ProximalMu,
        WeightDecay = policy.WeightDecay,
        Seed = seed,
    };
}
