using System.Text.Json;

namespace Fed.Training.Specification;

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
