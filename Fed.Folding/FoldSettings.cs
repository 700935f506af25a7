using Fed.Contracts.Federations;
using Fed.Core.Aggregation;
using Fed.Core.Optimizers;

namespace Fed.Folding;

/// <summary>What a federation's settings say of its folds.</summary>
internal static class FoldSettings
{
    public static Grid GridOf(ArithmeticSettings arithmetic) => new(arithmetic.FractionalBits, arithmetic.Bound);

    public static IServerOptimizer OptimizerOf(OptimizerSettings settings) => ServerOptimizers.Create(
        settings.Kind, settings.LearningRate, settings.Beta1, settings.Beta2, settings.Tau);
}
