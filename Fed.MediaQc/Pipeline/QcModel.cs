using System.Text.Json;
using Fed.MediaQc.Folders;

namespace Fed.MediaQc.Pipeline;

/// <summary>The model that ships with the set, and the settings that were measured to suit it (docs/data.md).</summary>
internal static class QcModel
{
    public static RecommendedTraining Training { get; } = new(
        LearningRate: 0.03,
        Momentum: 0.8,
        BatchSize: 8,
        LocalEpochs: 1,
        Rounds: 60,
        ClusterShare: 0,
        ServerMomentum: 0.6,
        LearningRateDecay: 0.8);

    public static string Json(int[] shape, int classes)
    {
        object[] layers =
        [
            Conv(16), Relu, new { type = "maxPool2d", size = 2 },
            Conv(32), Relu, new { type = "averagePool2d", size = 4 },
            new { type = "dense", units = classes },
        ];
        var model = new { name = "media-qc-cnn", input = shape, layers, loss = "softmaxCrossEntropy" };
        return JsonSerializer.Serialize(model, TaskDescription.Json);
    }

    private static object Relu => new { type = "relu" };

    private static object Conv(int filters) => new { type = "conv2d", filters, kernel = 3, stride = 1, padding = 1 };
}
