using Fed.Core;
using Fed.Training;

namespace Fed.Bench.Training;

/// <summary>The models that the training bench runs, and samples of noise for them.</summary>
internal static class BenchModels
{
    public static IReadOnlyList<ModelSpecification> All { get; } =
    [
        // The model of data/media-qc.
        Parse("media-qc", "[14,8,8]", """
            {"type":"conv2d","filters":16,"kernel":3,"padding":1},{"type":"relu"},{"type":"maxPool2d","size":2},
            {"type":"conv2d","filters":32,"kernel":3,"padding":1},{"type":"relu"},{"type":"averagePool2d","size":4},
            {"type":"dense","units":7}
            """),
        Parse("cnn-stride1", "[4,24,24]", """
            {"type":"conv2d","filters":16,"kernel":3,"padding":1},{"type":"relu"},{"type":"maxPool2d","size":2},
            {"type":"conv2d","filters":32,"kernel":3,"padding":1},{"type":"relu"},{"type":"maxPool2d","size":2},
            {"type":"dense","units":64},{"type":"relu"},{"type":"dense","units":5}
            """),
        Parse("cnn-stride2", "[4,32,32]", """
            {"type":"conv2d","filters":16,"kernel":3,"stride":2,"padding":1},{"type":"relu"},
            {"type":"conv2d","filters":32,"kernel":3,"stride":2,"padding":1},{"type":"relu"},
            {"type":"averagePool2d","size":2},
            {"type":"dense","units":48},{"type":"relu"},{"type":"dense","units":6}
            """),
        // McMahan 2017's 2NN, for Fashion-MNIST.
        Parse("dense-2nn", "[784]", """
            {"type":"dense","units":200},{"type":"relu"},{"type":"dense","units":200},{"type":"relu"},
            {"type":"dense","units":10}
            """),
        // McMahan 2017's CNN, for Fashion-MNIST: 1.7 million parameters.
        Parse("cnn-mcmahan", "[1,28,28]", """
            {"type":"conv2d","filters":32,"kernel":5,"padding":2},{"type":"relu"},{"type":"maxPool2d","size":2},
            {"type":"conv2d","filters":64,"kernel":5,"padding":2},{"type":"relu"},{"type":"maxPool2d","size":2},
            {"type":"dense","units":512},{"type":"relu"},{"type":"dense","units":10}
            """),
        // 4.4 million.
        Parse("cnn-4m", "[3,32,32]", """
            {"type":"conv2d","filters":32,"kernel":3,"padding":1},{"type":"relu"},{"type":"maxPool2d","size":2},
            {"type":"conv2d","filters":64,"kernel":3,"padding":1},{"type":"relu"},
            {"type":"conv2d","filters":64,"kernel":3,"padding":1},{"type":"relu"},{"type":"maxPool2d","size":2},
            {"type":"conv2d","filters":128,"kernel":3,"padding":1},{"type":"relu"},{"type":"maxPool2d","size":2},
            {"type":"dense","units":2048},{"type":"relu"},{"type":"dense","units":10}
            """),
        // 4.8 million.
        Parse("dense-5m", "[784]", """
            {"type":"dense","units":2000},{"type":"relu"},{"type":"dense","units":1600},{"type":"relu"},
            {"type":"dense","units":10}
            """),
    ];

    public static SampleSet Noise(ModelSpecification model, int count)
    {
        var random = new SplitMix64(1);
        var inputs = new float[count * model.Input.Aggregate(1, (product, side) => product * side)];
        foreach (ref var value in inputs.AsSpan())
            value = (float)(2 * random.NextDouble() - 1);
        var labels = new int[count];
        foreach (ref var label in labels.AsSpan())
            label = random.Next(model.Classes);
        return new SampleSet(model.Input, model.Classes, inputs, labels);
    }

    private static ModelSpecification Parse(string name, string input, string layers) => ModelSpecification.Parse(
        $$"""{"name":"{{name}}","input":{{input}},"layers":[{{layers}}],"loss":"softmaxCrossEntropy"}""");
}
