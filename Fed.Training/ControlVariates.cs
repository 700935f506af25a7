using Fed.Core.IO;
using Fed.Core.Models;
using Fed.Training.Specification;

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
            .Append((Tensor, [(int)model.ParameterCount])));
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
