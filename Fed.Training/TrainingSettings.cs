namespace Fed.Training;

/// <summary>How to train. The optimiser starts afresh with every call.</summary>
public sealed record TrainingSettings
{
    /// <summary>Passes over the data, 1 to 100,000.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Examples a step, at least 1; the last step of an epoch may have fewer.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Above 0.</summary>
    public double LearningRate { get; init; } = 0.05;

    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Sgd;

    /// <summary>0 to below 1; for SGD.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>L2 penalty: adds WeightDecay x to the gradient. 0 or above.</summary>
    public double WeightDecay { get; init; }

    /// <summary>
    /// FedProx (Li 2020): adds mu (x - x_t) to the gradient, x_t being the parameters on entry. 0 or above.
    /// </summary>
    public double ProximalMu { get; init; }

    /// <summary>
    /// Added to every gradient, as long as the parameters; empty: nothing. SCAFFOLD's c - c_i (Karimireddy 2020,
    /// equation 3).
    /// </summary>
    public ReadOnlyMemory<float> Correction { get; init; }

    /// <summary>Decides the order of samples and dropout.</summary>
    public int Seed { get; init; }

    /// <exception cref="ArgumentException">The first property outside its range, with its value and bound.</exception>
    public void Validate()
    {
        Require(Epochs is >= 1 and <= 100_000, nameof(Epochs), Epochs, "1 to 100000");
        Require(BatchSize >= 1, nameof(BatchSize), BatchSize, "at least 1");
        Require(
            LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "finite, above 0");
        Require(Enum.IsDefined(Optimizer), nameof(Optimizer), Optimizer, "sgd or adam");
        Require(Momentum is >= 0 and < 1, nameof(Momentum), Momentum, "0 to below 1");
        Require(
            WeightDecay >= 0 && double.IsFinite(WeightDecay), nameof(WeightDecay), WeightDecay, "finite, 0 or above");
        Require(ProximalMu >= 0 && double.IsFinite(ProximalMu), nameof(ProximalMu), ProximalMu, "finite, 0 or above");
    }

    private static void Require(bool condition, string name, object value, string range)
    {
        if (!condition)
            throw new ArgumentException($"{name} is {value}; it must be {range}");
    }
}

/// <summary>The local optimiser.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with momentum: v = m v + g; x -= lr v.</summary>
    Sgd = 0,

    /// <summary>Adam (Kingma 2015, Algorithm 1), beta 0.9 and 0.999, epsilon 1e-8.</summary>
    Adam = 1,
}
