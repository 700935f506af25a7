using System.Numerics.Tensors;

namespace Fed.Training;

/// <summary>Labelled samples of one shape, kept as one contiguous array.</summary>
public sealed class SampleSet
{
    /// <param name="shape">Shape of one sample, channels first, for example [3, 16, 16].</param>
    /// <param name="classes">Number of classes; labels run from 0 to classes - 1.</param>
    /// <param name="inputs">count x product(shape) values, sample after sample.</param>
    /// <param name="labels">count labels.</param>
    /// <exception cref="ArgumentException">
    /// Lengths disagree, a label is out of range, or a value is not finite: the message says which.
    /// </exception>
    public SampleSet(IReadOnlyList<int> shape, int classes, float[] inputs, int[] labels)
    {
        if (shape.Count == 0 || shape.Any(side => side < 1))
            throw new ArgumentException($"the shape is [{string.Join(',', shape)}]; it needs sides of 1 or more");
        Shape = shape;
        Classes = classes;
        Inputs = inputs;
        Labels = labels;
        SampleLength = shape.Aggregate(1, (product, side) => checked(product * side));
        if (inputs.Length != (long)SampleLength * labels.Length)
        {
            throw new ArgumentException(
                $"{labels.Length} labels need {(long)SampleLength * labels.Length} values, got {inputs.Length}");
        }

        foreach (var label in labels)
        {
            if ((uint)label >= (uint)classes)
                throw new ArgumentException($"label {label} is outside 0..{classes - 1}");
        }

        // NaN and infinity survive a maximum of magnitudes, so the usual case is one fast pass.
        if (inputs.Length > 0 && !float.IsFinite(TensorPrimitives.MaxMagnitude<float>(inputs)))
        {
            var at = Array.FindIndex(inputs, value => !float.IsFinite(value));
            throw new ArgumentException(
                $"value {at % SampleLength} of sample {at / SampleLength} is {inputs[at]}; samples must be finite");
        }
    }

    public IReadOnlyList<int> Shape { get; }

    public int Classes { get; }

    public int SampleLength { get; }

    public int Count => Labels.Length;

    public float[] Inputs { get; }

    public int[] Labels { get; }

    public ReadOnlySpan<float> Input(int index) => Inputs.AsSpan(index * SampleLength, SampleLength);

    /// <summary>The samples at the given indices, copied, in that order.</summary>
    public SampleSet Select(IReadOnlyList<int> indices)
    {
        var inputs = new float[(long)indices.Count * SampleLength];
        var labels = new int[indices.Count];
        for (var i = 0; i < indices.Count; i++)
        {
            Input(indices[i]).CopyTo(inputs.AsSpan(i * SampleLength));
            labels[i] = Labels[indices[i]];
        }

        return new SampleSet(Shape, Classes, inputs, labels);
    }

    /// <summary>All samples of several sets, in order.</summary>
    public static SampleSet Concat(IReadOnlyList<SampleSet> sets)
    {
        if (sets.Count == 0)
            throw new ArgumentException("concatenation needs at least one set");
        var first = sets[0];
        if (sets.Any(set => set.Classes != first.Classes || !set.Shape.SequenceEqual(first.Shape)))
            throw new ArgumentException("the sets differ in shape or classes");
        return new SampleSet(
            first.Shape,
            first.Classes,
            sets.SelectMany(set => set.Inputs).ToArray(),
            sets.SelectMany(set => set.Labels).ToArray());
    }
}
