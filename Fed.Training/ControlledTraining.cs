using Fed.Training.Data;

namespace Fed.Training;

/// <summary>A participant's round of SCAFFOLD (Karimireddy 2020, algorithm 1, lines 7 to 13).</summary>
public static class ControlledTraining
{
    /// <summary>Trains y from x, each gradient corrected by c - c_i, and makes the change of c_i (option II).</summary>
    /// <param name="vector">[x; c], 2 D values; [y; c + c_i+ - c_i] afterwards, so that the difference of the two is
    /// what the server folds. Untouched when the call ends in an exception.</param>
    /// <param name="own">c_i, [D].</param>
    /// <param name="settings">SGD, without a correction of its own.</param>
    /// <exception cref="ArgumentException">Wrong lengths, data or settings.</exception>
    /// <exception cref="TrainingDivergedException">A loss or a parameter is no longer finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    public static TrainingResult Train(
        ITrainer trainer,
        float[] vector,
        ReadOnlySpan<float> own,
        SampleSet data,
        TrainingSettings settings,
        CancellationToken cancellationToken)
    {
        if (vector.Length != 2L * own.Length)
        {
            throw new ArgumentException(
                $"the vector has {vector.Length} values and c_i {own.Length}; [x; c] must be twice as long as c_i");
        }

        var server = vector.AsSpan(own.Length);
        var trained = vector[..own.Length];
        var result = trainer.Train(
            trained,
            data,
            settings with { Correction = ControlVariates.Correction(server, own) },
            cancellationToken);
        var change = new float[own.Length];
        var scale = settings.LearningRate * GradientWeight.Sum(settings, result.Steps);
        ControlVariates.Change(vector.AsSpan(0, own.Length), trained, server, scale, change);
        trained.CopyTo(vector, 0);
        for (var i = 0; i < change.Length; i++)
            server[i] += change[i];
        return result;
    }

    /// <summary>
    /// The gradient of the mean loss over all data at x, weight decay included: what option I takes for c_i. It is
    /// x - y of one full step of plain SGD at rate 1.
    /// </summary>
    /// <param name="model">x, [D]; left as it is.</param>
    /// <param name="settings">Weight decay and, for dropout, the seed.</param>
    /// <inheritdoc cref="ITrainer.Train" path="/exception"/>
    public static float[] Gradient(
        ITrainer trainer,
        ReadOnlySpan<float> model,
        SampleSet data,
        TrainingSettings settings,
        CancellationToken cancellationToken)
    {
        var step = new TrainingSettings
        {
            BatchSize = data.Count,
            LearningRate = 1,
            Momentum = 0,
            WeightDecay = settings.WeightDecay,
            Seed = settings.Seed,
        };
        var gradient = model.ToArray();
        trainer.Train(gradient, data, step, cancellationToken);
        for (var i = 0; i < gradient.Length; i++)
            gradient[i] = model[i] - gradient[i];
        return gradient;
    }
}
