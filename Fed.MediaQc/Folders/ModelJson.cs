using System.Text.Json;

namespace Fed.MediaQc.Folders;

/// <summary>The model.json of a task that ships: a small network of 3 x 3 convolutions (docs/training.md).</summary>
internal static class ModelJson
{
    public static object Relu { get; } = new { type = "relu" };

    public static object Conv(int filters, int stride = 1) =>
        new { type = "conv2d", filters, kernel = 3, stride, padding = 1 };

    public static object Dense(int units) => new { type = "dense", units };

    /// <summary>Of maps that have one row, so that a kernel of 3 x 3 runs along time or lag.</summary>
    public static string OfMaps(string name, TaskDescription task) => Of(
        name,
        task,
        Conv(24, stride: 2), Relu, Conv(24), Relu, new { type = "dropout", rate = 0.3 },
        Dense(32), Relu, Dense(task.Classes.Length));

    public static string Of(string name, TaskDescription task, params object[] layers) => JsonSerializer.Serialize(
        new { name, input = task.Shape, layers, loss = "softmaxCrossEntropy" }, TaskDescription.Json);
}
