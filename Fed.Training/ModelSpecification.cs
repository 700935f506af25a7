using System.Text.Json;
using Fed.Core.Models;
using Fed.Training.Specification;

namespace Fed.Training;

/// <summary>
/// A model as data: an input shape and a chain of layers, ending in softmax cross-entropy. Its parameters are one flat
/// float32 vector in the order of <see cref="Layout"/>: per layer <c>N.weight</c>, then <c>N.bias</c>, row-major, in
/// the shapes that PyTorch uses (convolution [out, in, k, k], dense [out, in]).
/// </summary>
public sealed class ModelSpecification
{
    public const int MaxLayers = 256;

    /// <summary>Values that a layer may give per sample, and that a tensor may hold: 2^28, one gigabyte.</summary>
    public const int MaxValues = 1 << 28;

    internal ModelSpecification(string name, IReadOnlyList<int> input, IReadOnlyList<LayerSpecification> layers)
    {
        Name = name;
        Input = input;
        Layers = layers;
        RequireSize(input, "the input");
        var shapes = new List<IReadOnlyList<int>> { input };
        var tensors = new List<(string, IReadOnlyList<int>)>();
        for (var i = 0; i < layers.Count; i++)
        {
            try
            {
                shapes.Add(layers[i].Output(shapes[i]));
                RequireSize(shapes[^1], "its output");
                foreach (var (part, shape) in layers[i].Tensors(shapes[i]))
                {
                    RequireSize(shape, $"its {part}");
                    tensors.Add(($"{i}.{part}", shape));
                }
            }
            catch (SpecificationException error)
            {
                throw new SpecificationException($"layer {i} ({layers[i].Type}): {error.Message}");
            }
        }

        if (tensors.Count == 0)
            throw new SpecificationException("the model has no parameters; add a dense or conv2d layer");
        if (shapes[^1].Count != 1 || shapes[^1][0] < 2)
        {
            throw new SpecificationException(
                $"the last layer gives shape [{string.Join(',', shapes[^1])}]; "
                + "end with a dense layer of 2 or more units");
        }

        Shapes = shapes;
        Layout = new ModelLayout(tensors);
        if (Layout.ParameterCount > MaxValues)
        {
            throw new SpecificationException(
                $"{Layout.ParameterCount} parameters exceed {MaxValues}; make layers smaller");
        }
    }

    public string Name { get; }

    /// <summary>Shape of one sample, channels first, or one side for a flat vector.</summary>
    public IReadOnlyList<int> Input { get; }

    public IReadOnlyList<LayerSpecification> Layers { get; }

    /// <summary>Shape before each layer, and after the last.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Shapes { get; }

    public ModelLayout Layout { get; }

    public int Classes => Shapes[^1][0];

    /// <param name="json">docs/training.md; unknown properties and types are refused.</param>
    /// <exception cref="SpecificationException">What is wrong, in which layer, and what is possible.</exception>
    public static ModelSpecification Parse(string json)
    {
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false };
            using var document = JsonDocument.Parse(json, options);
            return SpecificationReader.Read(document.RootElement);
        }
        catch (JsonException error)
        {
            throw new SpecificationException($"the model specification is not JSON: {error.Message}");
        }
    }

    /// <summary>
    /// Weights from He's uniform distribution (He 2015, section 2.2: variance 2 / fan-in), biases zero. The same seed
    /// gives the same bits on every machine.
    /// </summary>
    public float[] Initialise(int seed)
    {
        var parameters = new float[Layout.ParameterCount];
        var random = new SplitMix64((ulong)seed);
        foreach (var slot in Layout.Tensors.Where(slot => slot.Shape.Count > 1))
        {
            var fanIn = slot.Length / slot.Shape[0];
            var limit = Math.Sqrt(6.0 / fanIn);
            foreach (ref var value in parameters.AsSpan((int)slot.Offset, (int)slot.Length))
                value = (float)((2 * random.NextDouble() - 1) * limit);
        }

        return parameters;
    }

    private static void RequireSize(IReadOnlyList<int> shape, string what)
    {
        if (shape.Aggregate(1.0, (product, side) => product * side) > MaxValues)
            throw new SpecificationException($"{what} of shape [{string.Join(',', shape)}] exceeds {MaxValues} values");
    }
}
