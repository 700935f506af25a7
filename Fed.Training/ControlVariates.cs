using Fed.Core.IO;
using Fed.Core.Models;

namespace Fed.Training;

/// <summary>
/// SCAFFOLD's vectors (Karimireddy 2020). The server's model x and its control variate c are one vector [x; c] under
/// one layout, so that whatever folds, stores or recomputes models handles both.
/// </summary>
public static class ControlVariates
{
    /// <summary>The tensor of c, after those of the model.</summary>
    public const string Tensor = "control";

    /// <summary>Largest number D of parameters, 2^26: [x; c] has 2 D, at most 2^27.</summary>
    public const int MaxParameters = 1 << 26;

    /// <summary>The layout of [x; c]: the model's tensors, then <see cref="Tensor"/> of shape [D].</summary>
    /// <exception cref="SpecificationException">More than <see cref="MaxParameters"/> parameters.</exception>
    public static ModelLayout Extend(ModelLayout model)
    {
        if (model.ParameterCount > MaxParameters)
        {
            throw new SpecificationException(
                $"{model.ParameterCount} parameters exceed {MaxParameters}, the most with control variates; make "
                + "layers smaller, or set training.controlVariates to false");
        }

        return new ModelLayout(model.Tensors
            .Select(slot => (slot.Name, slot.Shape))
            .Append((Tensor, [(int)model.ParameterCount])), model.Extractor);
    }

    /// <summary>The model of a version's file, with or without a control variate behind it.</summary>
    /// <param name="source">A safetensors file.</param>
    /// <param name="model">The specification's layout, of D parameters.</param>
    /// <returns>x, [D].</returns>
    /// <exception cref="InvalidDataException">Not such a file, or neither layout.</exception>
    public static float[] ReadModel(Stream source, ModelLayout model)
    {
        using var copy = new MemoryStream();
        source.CopyTo(copy);
        var file = new MemoryReader(copy.GetBuffer().AsMemory(0, (int)copy.Length));
        var isExtended = model.ParameterCount <= MaxParameters
            && SafetensorsHeader.Read(file).Layout.Hash == Extend(model).Hash;
        return isExtended
            ? Safetensors.ReadParameters(file, Extend(model))[..(int)model.ParameterCount]
            : Safetensors.ReadParameters(file, model);
    }

    /// <summary>c - c_i, what each local gradient is corrected by (equation 3).</summary>
    /// <param name="server">c, [D].</param>
    /// <param name="own">c_i, [D].</param>
    public static float[] Correction(ReadOnlySpan<float> server, ReadOnlySpan<float> own)
    {
        var correction = new float[own.Length];
        for (var i = 0; i < correction.Length; i++)
            correction[i] = server[i] - own[i];
        return correction;
    }

    /// <summary>
    /// c_i+ - c_i of option II, generalised to any SGD: (x - y) / (eta w) is the mean of the corrected gradients, w
    /// being their <see cref="GradientWeight"/> (K for plain SGD), so c_i+ = c_i - c + (x - y) / (eta w) is the mean of
    /// the local gradients themselves.
    /// </summary>
    /// <param name="start">x, [D].</param>
    /// <param name="trained">y, [D].</param>
    /// <param name="server">c, [D].</param>
    /// <param name="scale">eta w, above 0.</param>
    /// <param name="change">[D], written.</param>
    public static void Change(
        ReadOnlySpan<float> start,
        ReadOnlySpan<float> trained,
        ReadOnlySpan<float> server,
        double scale,
        Span<float> change)
    {
        for (var i = 0; i < change.Length; i++)
            change[i] = (float)(((double)start[i] - trained[i]) / scale - server[i]);
    }
}

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
