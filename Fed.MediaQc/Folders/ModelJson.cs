using System.Text.Json;

namespace Fed.MediaQc.Folders;

/// <summary>The model.json of a task that ships: a small network of 3 x 3 convolutions (docs/training.md).</summary>
internal static class ModelJson
{
    public static object Relu { get; } = new { type = "relu" };

    public static object Conv(int filters, int stride = 1) =>
        new { type = "conv2d", filters, kernel = 3, stride, padding = 1 };

    public static object Dense(int units) => new { type = "dense", units };

    public static string Of(string name, TaskDescription task, params object[] layers) => JsonSerializer.Serialize(
        new { name, input = task.Shape, layers, loss = "softmaxCrossEntropy" }, TaskDescription.Json);
}
