using Fed.Training;
using Fed.Training.Managed.Layers;

namespace Fed.Tests.Training;

/// <summary>Each layer's outputs and both of its gradients against the reference in double precision.</summary>
public sealed class LayerGradientTests
{
    private const int Batch = 3;

    public static TheoryData<string, int[]> Cases()
    {
        var cases = new TheoryData<string, int[]>
        {
            { "dense 1", [1] }, { "dense 5", [7] }, { "dense 16", [2, 3, 3] }, { "dense 33", [19] },
            { "relu", [13] }, { "relu", [2, 5, 5] },
            { "max 2", [3, 6, 8] }, { "max 2", [2, 7, 5] }, { "max 3", [1, 8, 10] }, { "max 1", [2, 3, 3] },
            { "average 2", [3, 6, 8] }, { "average 2", [2, 7, 5] }, { "average 3", [1, 8, 10] },
            { "average 4", [2, 4, 4] },
        };
        foreach (var (kernel, stride, padding) in new[]
        {
            (1, 1, 0), (1, 2, 0), (2, 1, 0), (2, 2, 1), (3, 1, 0), (3, 1, 1), (3, 2, 0), (3, 2, 1), (3, 3, 1),
            (3, 1, 2), (4, 3, 2), (5, 1, 2), (5, 2, 2), (5, 4, 0), (2, 3, 0), (3, 5, 4), (1, 1, 2),
        })
        {
            cases.Add($"conv {kernel} {stride} {padding} 3", [2, 9, 7]);
            cases.Add($"conv {kernel} {stride} {padding} 5", [3, 6, 11]);
        }

        cases.Add("conv 3 1 1 4", [1, 1, 1]);
        cases.Add("conv 5 1 0 2", [1, 5, 5]);
        cases.Add("conv 3 1 1 9", [2, 12, 10]);
        cases.Add("conv 3 2 1 9", [2, 20, 16]);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Layer_OnABatch_AgreesWithTheReferenceInOutputAndGradients(string name, int[] shape)
    {
        var specification = Specification(name);
        var layer = LayerFactory.Create(specification, shape);
        var parameters = TestData.Uniform(layer.ParameterCount, 1);
        var input = TestData.Uniform(Batch * layer.InputLength, 2);
        var weights = TestData.Uniform(Batch * layer.OutputLength, 3);
        var output = new float[Batch * layer.OutputLength];
        var inputGradient = Filled(input.Length);
        var before = TestData.Uniform(parameters.Length, 4);
        var parameterGradient = (float[])before.Clone();

        layer.Forward(parameters, input, output, Batch, training: true);
        layer.Backward(parameters, input, output, weights, inputGradient, parameterGradient, Batch);

        var (wideParameters, wideInput) = (TestData.Wide(parameters), TestData.Wide(input));
        Near(Outputs(specification, shape, wideParameters, wideInput), output);
        Near([.. Enumerable.Range(0, Batch).SelectMany(InputGradient)], inputGradient);
        Near(
            FiniteDifferences.Gradient(
                moved => Weighted(weights, Outputs(specification, shape, moved, wideInput))
                    + Weighted(before, moved),
                wideParameters),
            parameterGradient);

        // Samples don't touch each other, so one at a time is enough.
        double[] InputGradient(int sample)
        {
            var share = weights[(sample * layer.OutputLength)..((sample + 1) * layer.OutputLength)];
            return FiniteDifferences.Gradient(
                moved => Weighted(share, ReferenceModel.Apply(specification, shape, wideParameters, moved)),
                wideInput[(sample * layer.InputLength)..((sample + 1) * layer.InputLength)]);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Layer_AsTheFirst_GivesTheSameParameterGradientWithoutAnInputGradient(string name, int[] shape)
    {
        var layer = LayerFactory.Create(Specification(name), shape);
        var parameters = TestData.Uniform(layer.ParameterCount, 1);
        var input = TestData.Uniform(Batch * layer.InputLength, 2);
        var weights = TestData.Uniform(Batch * layer.OutputLength, 3);
        var output = new float[Batch * layer.OutputLength];
        var withInput = new float[parameters.Length];
        var without = new float[parameters.Length];

        layer.Forward(parameters, input, output, Batch, training: true);
        layer.Backward(parameters, input, output, weights, new float[input.Length], withInput, Batch);
        layer.Backward(parameters, input, output, weights, [], without, Batch);

        Assert.Equal(withInput, without);
    }

    private static LayerSpecification Specification(string name)
    {
        var words = name.Split(' ');
        var numbers = words.Skip(1).Select(int.Parse).ToArray();
        return words[0] switch
        {
            "dense" => new DenseSpecification(numbers[0]),
            "relu" => new ReluSpecification(),
            "conv" => new Conv2dSpecification(numbers[3], numbers[0], numbers[1], numbers[2]),
            _ => new PoolSpecification(words[0] == "average", numbers[0]),
        };
    }

    // What a layer does not overwrite would show.
    private static float[] Filled(int length)
    {
        var values = new float[length];
        Array.Fill(values, 1e6f);
        return values;
    }

    private static double[] Outputs(
        LayerSpecification layer, IReadOnlyList<int> shape, double[] parameters, double[] inputs) =>
        [.. inputs.Chunk(inputs.Length / Batch).SelectMany(one => ReferenceModel.Apply(layer, shape, parameters, one))];

    private static double Weighted(float[] weights, double[] outputs) =>
        outputs.Select((value, i) => value * weights[i]).Sum();

    private static void Near(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) < 1e-4, $"value {i}: {actual[i]} instead of {expected[i]}");
    }
}
