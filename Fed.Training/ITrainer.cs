using Fed.Training.Data;

namespace Fed.Training;

/// <summary>
/// Trains and evaluates one model. Not for use from several threads at once: it keeps its work space.
/// </summary>
public interface ITrainer
{
    /// <param name="parameters">
    /// The flat vector in layout order, changed in place; untouched when the call ends in an exception.
    /// </param>
    /// <param name="data">At least one sample of the model's input shape.</param>
    /// <param name="settings">Validated here.</param>
    /// <param name="cancellationToken">Checked at every step.</param>
    /// <exception cref="ArgumentException">Wrong length, shape, classes or settings.</exception>
    /// <exception cref="TrainingDivergedException">A loss or a parameter is no longer finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    TrainingResult Train(
        float[] parameters, SampleSet data, TrainingSettings settings, CancellationToken cancellationToken);

    /// <summary>Dropout is off.</summary>
    EvaluationResult Evaluate(float[] parameters, SampleSet data);
}
