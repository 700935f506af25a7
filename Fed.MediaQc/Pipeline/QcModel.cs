using System.Text.Json;
using Fed.MediaQc.Folders;

namespace Fed.MediaQc.Pipeline;

/// <summary>The model that ships with the set, and the settings that were measured to suit it (docs/data.md).</summary>
internal static class QcModel
{
    public static RecommendedTraining Training { get; } = new(
        LearningRate: 0.05, Momentum: 0.9, BatchSize: 16, LocalEpochs: 1, Rounds: 20, ClusterShare: 0.3);

    public static string Json(int[] shape, int classes)
    {
        object[] layers =
        [
            Conv(16, 3, 2), Relu, Conv(32, 3, 2), Relu, Pool(2), new { type = "dense", units = 48 }, Relu,
            new { type = "dense", units = classes },
        ];
        var model = new { name = "media-qc-cnn", input = shape, layers, loss = "softmaxCrossEntropy" };
        return JsonSerializer.Serialize(model, TaskDescription.Json);
    }

    private static object Relu => new { type = "relu" };

    private static object Conv(int filters, int kernel, int stride) =>
        new { type = "conv2d", filters, kernel, stride, padding = kernel / 2 };

    private static object Pool(int size) => new { type = "averagePool2d", size };
}
