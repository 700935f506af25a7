using Fed.Contracts.Federations;
using Fed.Core.Optimizers;
using Fed.Core.Text;

namespace Fed.Cli.Demo;

/// <summary>A server optimiser in one word, as <c>--optimizer</c> takes it.</summary>
internal static class OptimizerText
{
    public const string Forms = "KIND[:LR[,BETA1]], with " + ServerOptimizers.Kinds
        + " as KIND; LR is 1 for none and momentum, else 0.03, and BETA1 0.9, unless given";

    /// <summary>Adaptive steps move each parameter by about this much, however small its gradient.</summary>
    private const double AdaptiveRate = 0.03;

    /// <exception cref="ArgumentException">Unknown kind, or a number out of range.</exception>
    public static OptimizerSettings Parse(string text)
    {
        if (!NameWithNumbers.TryParse(text, out var kind, out var numbers) || numbers.Length > 2)
            throw new ArgumentException($"optimizer '{text}' is not known; use {Forms}");
        var usual = new OptimizerSettings();
        var settings = new OptimizerSettings
        {
            Kind = kind,
            LearningRate = numbers.Length > 0 ? numbers[0] : kind is "none" or "momentum" ? 1 : AdaptiveRate,
            Beta1 = numbers.Length > 1 ? numbers[1] : usual.Beta1,
        };
        ServerOptimizers.Create(kind, settings.LearningRate, settings.Beta1, settings.Beta2, settings.Tau);
        return settings;
    }
}
