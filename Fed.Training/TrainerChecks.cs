using Fed.Training.Data;

namespace Fed.Training;

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
