namespace Fed.Training;

/// <summary>
/// The loss is no longer a finite number: the parameters are worthless, and the settings have to change.
/// </summary>
public sealed class TrainingDivergedException(int epoch, long step, TrainingSettings settings) : Exception(
    $"training diverged: the loss is not finite at step {step} (epoch {epoch + 1}); "
    + $"lower LearningRate ({settings.LearningRate})"
    + (settings.Optimizer == OptimizerKind.Sgd ? $" or Momentum ({settings.Momentum})" : "")
    + ", or check the parameters it started from");
