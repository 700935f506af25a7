using Fed.Core;
using Fed.Training;

namespace Fed.Tests.Training;

/// <summary>Seeded values, models and samples.</summary>
internal static class TestData
{
    /// <summary>
    /// Small enough for finite differences, with every kind of layer but dropout; odd sides, stride 2.
    /// </summary>
    public const string SmallConvolution = """
        {"name":"small","input":[2,9,7],"loss":"softmaxCrossEntropy","layers":[
          {"type":"conv2d","filters":3,"kernel":3,"stride":1,"padding":1},{"type":"relu"},
          {"type":"maxPool2d","size":2},
          {"type":"conv2d","filters":4,"kernel":3,"stride":2,"padding":1},{"type":"relu"},
          {"type":"averagePool2d","size":2},
          {"type":"dense","units":5},{"type":"relu"},{"type":"dense","units":3}]}
        """;

    public const string SmallDense = """
        {"name":"dense","input":[4],"loss":"softmaxCrossEntropy","layers":[
          {"type":"dense","units":6},{"type":"relu"},{"type":"dense","units":3}]}
        """;

    /// <summary>-1 to 1.</summary>
    public static float[] Uniform(int count, ulong seed)
    {
        var random = new SplitMix64(seed);
        var values = new float[count];
        foreach (ref var value in values.AsSpan())
            value = (float)(2 * random.NextDouble() - 1);
        return values;
    }

    public static double[] Wide(ReadOnlySpan<float> values) =>
        Array.ConvertAll(values.ToArray(), value => (double)value);

    /// <summary>Uniform noise with random labels.</summary>
    public static SampleSet Noise(ModelSpecification model, int count, ulong seed)
    {
        var length = model.Input.Aggregate(1, (product, side) => product * side);
        var random = new SplitMix64(seed + 1);
        var labels = new int[count];
        foreach (ref var label in labels.AsSpan())
            label = random.Next(model.Classes);
        return new SampleSet(model.Input, model.Classes, Uniform(count * length, seed), labels);
    }

    /// <summary>Each class is a corner pattern of its own, plus uniform noise: linearly separable.</summary>
    public static SampleSet Separable(ModelSpecification model, int count, ulong seed)
    {
        var noise = Noise(model, count, seed);
        var inputs = Array.ConvertAll(noise.Inputs, value => 0.3f * value);
        for (var i = 0; i < inputs.Length; i++)
        {
            var label = noise.Labels[i / noise.SampleLength];
            inputs[i] += i % noise.SampleLength % noise.Classes == label ? 1 : 0;
        }

        return new SampleSet(model.Input, model.Classes, inputs, noise.Labels);
    }

    /// <summary>|a - b| as a share of |b|.</summary>
    public static double Distance(ReadOnlySpan<float> a, ReadOnlySpan<double> b)
    {
        var (difference, norm) = (0.0, 0.0);
        for (var i = 0; i < b.Length; i++)
        {
            difference += (a[i] - b[i]) * (a[i] - b[i]);
            norm += b[i] * b[i];
        }

        return Math.Sqrt(difference / norm);
    }
}
