namespace Fed.Core.Optimizers;

/// <summary>Server optimisers by the name that settings use.</summary>
public static class ServerOptimizers
{
    public const string Kinds = "none, momentum, adagrad, adam or yogi";

    /// <exception cref="ArgumentException">Unknown kind, or a parameter out of range.</exception>
    public static IServerOptimizer Create(string kind, double learningRate, double beta1, double beta2, double tau) =>
        kind switch
        {
            "none" => new PlainStep(learningRate),
            "momentum" => new MomentumStep(learningRate, beta1),
            "adagrad" => new AdagradStep(learningRate, beta1, tau),
            "adam" => new AdamStep(learningRate, beta1, beta2, tau),
            "yogi" => new YogiStep(learningRate, beta1, beta2, tau),
            _ => throw new ArgumentException($"optimizer kind '{kind}' is not known; use {Kinds}"),
        };
}
