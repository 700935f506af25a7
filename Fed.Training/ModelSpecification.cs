using System.Text.Json;
using Fed.Core;
using Fed.Core.Models;

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

    /// <summary>Of all tensors: their bytes are one span.</summary>
    public const int MaxParameters = int.MaxValue / sizeof(float);

    /// <param name="firstLayer">Number of the first layer: of a part of a model, as in the whole one.</param>
    /// <param name="extractor">SHA-256 of the layers before it; null: the model is whole.</param>
    internal ModelSpecification(
        string name,
        IReadOnlyList<int> input,
        IReadOnlyList<LayerSpecification> layers,
        int firstLayer = 0,
        string? extractor = null)
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
                    tensors.Add(($"{firstLayer + i}.{part}", shape));
                }
            }
            catch (SpecificationException error)
            {
                throw new SpecificationException($"layer {firstLayer + i} ({layers[i].Type}): {error.Message}");
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
        Layout = new ModelLayout(tensors, extractor);
        if (Layout.ParameterCount > MaxParameters)
        {
            throw new SpecificationException(
                $"{Layout.ParameterCount} parameters exceed {MaxParameters}; make layers smaller");
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
        var drawn = 0;
        Initialise(seed, values =>
        {
            values.CopyTo(parameters.AsSpan(drawn));
            drawn += values.Length;
        });
        return parameters;
    }

    /// <summary>The same, a piece at a time: a large model is never whole in memory.</summary>
    /// <param name="next">Gets the vector's pieces in their order, of 256 KiB at most, and does not keep them.</param>
    public void Initialise(int seed, Action<ReadOnlySpan<float>> next)
    {
        var random = new SplitMix64((ulong)seed);
        var piece = new float[64 << 10];
        foreach (var slot in Layout.Tensors)
        {
            var limit = slot.Shape.Count > 1 ? Math.Sqrt(6.0 / (slot.Length / slot.Shape[0])) : 0;
            for (var left = slot.Length; left > 0;)
            {
                var values = piece.AsSpan(0, (int)Math.Min(left, piece.Length));
                values.Clear();
                if (limit > 0)
                {
                    foreach (ref var value in values)
                        value = (float)((2 * random.NextDouble() - 1) * limit);
                }

                next(values);
                left -= values.Length;
            }
        }
    }

    private static void RequireSize(IReadOnlyList<int> shape, string what)
    {
        if (shape.Aggregate(1.0, (product, side) => product * side) > MaxValues)
            throw new SpecificationException($"{what} of shape [{string.Join(',', shape)}] exceeds {MaxValues} values");
    }
}

/// <summary>A model specification that can't be used; the message says where, what and why.</summary>
public sealed class SpecificationException(string message) : Exception(message);

/// <summary>Reads a specification strictly: an unknown property or type is an error, not a default.</summary>
internal static class SpecificationReader
{
    private const string Types = "conv2d, maxPool2d, averagePool2d, relu, dropout or dense";

    public static ModelSpecification Read(JsonElement root)
    {
        Require(root.ValueKind == JsonValueKind.Object, "the model specification must be a JSON object");
        Allow(root, "the model", "name", "input", "layers", "loss");
        var loss = Text(root, "the model", "loss");
        Require(loss == "softmaxCrossEntropy", $"loss is '{loss}'; only softmaxCrossEntropy is known");
        Require(root.TryGetProperty("input", out var input) && input.ValueKind == JsonValueKind.Array,
            "input is missing: give the shape of one sample, for example [3,16,16]");
        int[] shape = [.. input.EnumerateArray().Select(side =>
            side.ValueKind == JsonValueKind.Number && side.TryGetInt32(out var value) && value is >= 1 and <= 65_536
                ? value
                : throw new SpecificationException($"input has a side {side.GetRawText()}; sides are 1 to 65536"))];
        Require(shape.Length is 1 or 3,
            $"input has {shape.Length} sides; give 1 (flat) or 3 (channels, height, width)");
        Require(root.TryGetProperty("layers", out var layers) && layers.ValueKind == JsonValueKind.Array,
            "layers is missing: give a list of layers");
        Require(layers.GetArrayLength() is >= 1 and <= ModelSpecification.MaxLayers,
            $"layers has {layers.GetArrayLength()} entries; 1 to {ModelSpecification.MaxLayers} are possible");
        return new ModelSpecification(
            Text(root, "the model", "name"), shape, [.. layers.EnumerateArray().Select(Layer)]);
    }

    private static LayerSpecification Layer(JsonElement element, int index)
    {
        var where = $"layer {index}";
        Require(element.ValueKind == JsonValueKind.Object, $"{where} must be a JSON object");
        var type = Text(element, where, "type");
        switch (type)
        {
            case "conv2d":
                Allow(element, where, "type", "filters", "kernel", "stride", "padding");
                return new Conv2dSpecification(
                    Whole(element, where, "filters", 1, 4_096),
                    Whole(element, where, "kernel", 1, 31),
                    Whole(element, where, "stride", 1, 16, orElse: 1),
                    Whole(element, where, "padding", 0, 15, orElse: 0));
            case "dense":
                Allow(element, where, "type", "units");
                return new DenseSpecification(Whole(element, where, "units", 1, 1_000_000));
            case "maxPool2d" or "averagePool2d":
                Allow(element, where, "type", "size");
                return new PoolSpecification(type == "averagePool2d", Whole(element, where, "size", 1, 64));
            case "relu":
                Allow(element, where, "type");
                return new ReluSpecification();
            case "dropout":
                Allow(element, where, "type", "rate");
                return new DropoutSpecification(Rate(element, where));
            default:
                throw new SpecificationException($"{where} has type '{type}'; use {Types}");
        }
    }

    private static double Rate(JsonElement element, string where) =>
        element.TryGetProperty("rate", out var rate) && rate.ValueKind == JsonValueKind.Number
        && rate.GetDouble() is >= 0 and < 1 and var value
            ? value
            : throw new SpecificationException($"{where} needs a rate of 0 to below 1");

    private static int Whole(JsonElement element, string where, string name, int least, int most, int? orElse = null)
    {
        if (!element.TryGetProperty(name, out var property))
            return orElse ?? throw new SpecificationException($"{where} needs {name}, {least} to {most}");
        return property.ValueKind == JsonValueKind.Number && property.TryGetInt32(out var value)
            && value >= least && value <= most
            ? value
            : throw new SpecificationException(
                $"{where}: {name} is {property.GetRawText()}; it must be {least} to {most}");
    }

    private static string Text(JsonElement element, string where, string name) =>
        element.TryGetProperty(name, out var property) && property.ValueKind == JsonValueKind.String
            ? property.GetString()!
            : throw new SpecificationException($"{where} needs {name}, a string");

    private static void Allow(JsonElement element, string where, params ReadOnlySpan<string> names)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (!names.Contains(property.Name))
            {
                throw new SpecificationException(
                    $"{where} has an unknown property '{property.Name}'; possible are {string.Join(", ", names!)}");
            }
        }
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
            throw new SpecificationException(otherwise);
    }
}
