namespace Fed.Training;

/// <summary>The local optimiser.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with momentum: v = m v + g; x -= lr v.</summary>
    Sgd = 0,

    /// <summary>Adam (Kingma 2015, Algorithm 1), beta 0.9 and 0.999, epsilon 1e-8.</summary>
    Adam = 1,
}
