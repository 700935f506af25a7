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

/// <param name="Examples">Samples in the data.</param>
/// <param name="Steps">Optimiser steps taken.</param>
/// <param name="EpochLosses">Mean loss of each epoch, in nats, as seen while training.</param>
public sealed record TrainingResult(int Examples, long Steps, IReadOnlyList<double> EpochLosses)
{
    /// <summary>Mean loss of the last epoch.</summary>
    public double Loss => EpochLosses[^1];
}

/// <summary>
/// The loss or a parameter is no longer a finite number: the settings have to change.
/// </summary>
/// <param name="what">That is not finite.</param>
public sealed class TrainingDivergedException(string what, int epoch, long step, TrainingSettings settings) : Exception(
    $"training diverged: {what} is not finite at step {step} (epoch {epoch + 1}); "
    + $"lower LearningRate ({settings.LearningRate})"
    + (settings.Optimizer == OptimizerKind.Sgd ? $" or Momentum ({settings.Momentum})" : "")
    + ", or check the parameters it started from");

/// <param name="Loss">Mean cross-entropy, in nats.</param>
/// <param name="Confusion">[true class, predicted class] counts.</param>
public sealed record EvaluationResult(int Examples, int Correct, double Loss, int[,] Confusion)
{
    /// <summary>0 to 1.</summary>
    public double Accuracy => (double)Correct / Examples;

    /// <summary>0 to 1: <see cref="ConfusionMatrix.MacroF1"/>.</summary>
    public double MacroF1 => ConfusionMatrix.MacroF1(Confusion);
}

/// <summary>What [true class, predicted class] counts say.</summary>
public static class ConfusionMatrix
{
    /// <summary>Share of the diagonal, 0 to 1.</summary>
    /// <param name="counts">Classes x classes, not all 0.</param>
    public static double Accuracy(int[,] counts) =>
        (double)Enumerable.Range(0, counts.GetLength(0)).Sum(i => counts[i, i]) / counts.Cast<int>().Sum();

    /// <summary>Mean over the classes of 2 TP / (2 TP + FP + FN), 0 to 1; a class that neither occurs nor is predicted
    /// does not count.</summary>
    /// <param name="counts">Classes x classes, not all 0.</param>
    public static double MacroF1(int[,] counts)
    {
        var (sum, classes, length) = (0.0, 0, counts.GetLength(0));
        for (var i = 0; i < length; i++)
        {
            var wrong = 0;
            for (var j = 0; j < length; j++)
                wrong += j == i ? 0 : counts[i, j] + counts[j, i];
            if (wrong + counts[i, i] == 0)
                continue;
            sum += 2.0 * counts[i, i] / (2.0 * counts[i, i] + wrong);
            classes++;
        }

        return sum / classes;
    }
}

/// <summary>Counts predictions, batch after batch.</summary>
internal sealed class EvaluationTally(int classes)
{
    private readonly int[,] _confusion = new int[classes, classes];
    private int _examples;
    private int _correct;
    private double _loss;

    /// <param name="logits">batch x classes; the largest is the prediction, the first one of equals.</param>
    /// <param name="loss">Sum over the batch, in nats.</param>
    public void Add(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, double loss)
    {
        for (var sample = 0; sample < labels.Length; sample++)
        {
            var row = logits.Slice(sample * classes, classes);
            var predicted = 0;
            for (var i = 1; i < classes; i++)
            {
                if (row[i] > row[predicted])
                    predicted = i;
            }

            _confusion[labels[sample], predicted]++;
            _correct += predicted == labels[sample] ? 1 : 0;
        }

        _examples += labels.Length;
        _loss += loss;
    }

    public EvaluationResult Result() => new(_examples, _correct, _loss / _examples, _confusion);
}

/// <summary>What every trainer refuses.</summary>
internal static class TrainerChecks
{
    /// <exception cref="ArgumentException">The parameters or the data do not fit the model.</exception>
    public static void Require(ModelSpecification model, float[] parameters, SampleSet data)
    {
        if (parameters.Length != model.Layout.ParameterCount)
        {
            throw new ArgumentException(
                $"{parameters.Length} parameters given; model '{model.Name}' has {model.Layout.ParameterCount}");
        }

        if (!data.Shape.SequenceEqual(model.Input) || data.Classes != model.Classes)
        {
            throw new ArgumentException(
                $"the data have shape [{string.Join(',', data.Shape)}] and {data.Classes} classes; "
                + $"model '{model.Name}' takes [{string.Join(',', model.Input)}] and gives {model.Classes}");
        }

        if (data.Count == 0)
            throw new ArgumentException("there are no samples; give at least one");
    }

    /// <exception cref="ArgumentException">The correction is not as long as the parameters.</exception>
    public static void RequireCorrection(TrainingSettings settings, float[] parameters)
    {
        var length = settings.Correction.Length;
        if (length != 0 && length != parameters.Length)
        {
            throw new ArgumentException(
                $"Correction has {length} values; it must have one for each of the {parameters.Length} parameters, "
                + "or none");
        }
    }

    /// <exception cref="TrainingDivergedException">The loss of a step is not finite.</exception>
    public static void RequireFinite(double loss, int epoch, long step, TrainingSettings settings)
    {
        if (!double.IsFinite(loss))
            throw new TrainingDivergedException("the loss", epoch, step, settings);
    }

    /// <summary>The last step's, whose loss nobody has seen.</summary>
    /// <exception cref="TrainingDivergedException">A parameter is not finite.</exception>
    public static void RequireFinite(ReadOnlySpan<float> parameters, long steps, TrainingSettings settings)
    {
        foreach (var value in parameters)
        {
            if (!float.IsFinite(value))
                throw new TrainingDivergedException("a parameter", settings.Epochs - 1, steps, settings);
        }
    }
}
