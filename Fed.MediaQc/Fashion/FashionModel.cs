using System.Text.Json;
using Fed.MediaQc.Folders;

namespace Fed.MediaQc.Fashion;

/// <summary>A small CNN for 28x28 inputs: two strided convolutions and a dense layer.</summary>
internal static class FashionModel
{
    public static string Json(int classes)
    {
        object[] layers =
        [
            new { type = "conv2d", filters = 16, kernel = 5, stride = 2, padding = 2 },
            new { type = "relu" },
            new { type = "conv2d", filters = 32, kernel = 3, stride = 2, padding = 1 },
            new { type = "relu" },
            new { type = "dense", units = 64 },
            new { type = "relu" },
            new { type = "dense", units = classes },
        ];
        var model = new { name = "fashion-cnn", input = new[] { 1, 28, 28 }, layers, loss = "softmaxCrossEntropy" };
        return JsonSerializer.Serialize(model, TaskDescription.Json);
    }
}
