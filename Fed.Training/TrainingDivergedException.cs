namespace Fed.Training;

/// <summary>
/// The loss or a parameter is no longer a finite number: the settings have to change.
/// </summary>
/// <param name="what">That is not finite.</param>
public sealed class TrainingDivergedException(string what, int epoch, long step, TrainingSettings settings) : Exception(
    $"training diverged: {what} is not finite at step {step} (epoch {epoch + 1}); "
    + $"lower LearningRate ({settings.LearningRate})"
    + (settings.Optimizer == OptimizerKind.Sgd ? $" or Momentum ({settings.Momentum})" : "")
    + ", or check the parameters it started from");
