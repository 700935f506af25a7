namespace Fed.Training;

/// <summary>
/// How much gradient a training call has followed. SGD is linear: with momentum, the proximal term, or both, the change
/// of the parameters is -eta (a_0 g_0 + a_1 g_1 + ...) with coefficients that depend on the settings alone (Wang 2020,
/// "Tackling the Objective Inconsistency Problem in Heterogeneous Federated Optimization", section 4.1). Their sum
/// turns a change into a mean gradient: FedNova divides by it, and so does SCAFFOLD's option II, where the paper's K is
/// the sum for plain SGD.
/// </summary>
public static class GradientWeight
{
    /// <summary>
    /// a_0 + a_1 + ... of a call: what constant gradients of 1 have moved the parameters by, in units of -eta. It is
    /// the paper's ||a||_1, since no coefficient is negative in the paper's cases: tau for plain SGD,
    /// (tau - rho (1 - rho^tau) / (1 - rho)) / (1 - rho) with momentum rho, (1 - (1 - eta mu)^tau) / (eta mu) with the
    /// proximal term. Momentum and proximal term together may swing, with coefficients below 0; the sum, not the norm,
    /// is then what a mean gradient has to be divided by.
    /// </summary>
    /// <param name="settings">SGD. Weight decay is part of the objective, and so of the gradients.</param>
    /// <param name="steps">tau, at least 1.</param>
    /// <exception cref="ArgumentException">Adam, or settings so large that the sum is not finite and
    /// above 0.</exception>
    public static double Sum(TrainingSettings settings, long steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (settings.Optimizer != OptimizerKind.Sgd)
            throw new ArgumentException($"Optimizer is {settings.Optimizer}; only sgd is linear in its gradients");
        var pull = settings.LearningRate * settings.ProximalMu;
        var (velocity, sum) = (0.0, 0.0);
        for (var step = 0L; step < steps; step++)
        {
            velocity = settings.Momentum * velocity + 1 - pull * sum;
            sum += velocity;
        }

        return sum > 0 && double.IsFinite(sum)
            ? sum
            : throw new ArgumentException(
                $"LearningRate x ProximalMu is {pull}: after {steps} steps the proximal term has undone them all; it "
                + "must be at most 1");
    }
}
