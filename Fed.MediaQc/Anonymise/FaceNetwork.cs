using Microsoft.ML.OnnxRuntime;

namespace Fed.MediaQc.Anonymise;

/// <summary>One of the three networks that find faces: what it is shown comes out as the probability of a face and as
/// four corrections of where it is.</summary>
internal sealed class FaceNetwork : IDisposable
{
    private static readonly string[] s_inputs = ["input"];
    private static readonly string[] s_outputs = ["scores", "boxes"];

    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private float[] _scores = [];
    private float[] _boxes = [];

    /// <param name="onnx">See <c>data/models/face</c>.</param>
    public FaceNetwork(byte[] onnx)
    {
        // Decoder and encoder have the other cores.
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        _session = new InferenceSession(onnx, options);
    }

    /// <summary>Of the last run: not a face, then a face, each for every place.</summary>
    public ReadOnlySpan<float> Scores => _scores;

    /// <summary>Of the last run: left, top, right, bottom, in shares of the box's side.</summary>
    public ReadOnlySpan<float> Boxes => _boxes;

    /// <param name="shape">Count, 1, height, width.</param>
    /// <param name="rows">Of places that come out.</param>
    /// <param name="columns">Of places that come out.</param>
    public void Run(Memory<float> input, ReadOnlySpan<long> shape, int rows, int columns)
    {
        var (count, places) = (shape[0], rows * columns);
        var values = (int)count * places;
        if (_scores.Length < 2 * values)
            (_scores, _boxes) = (new float[2 * values], new float[4 * values]);
        using var from = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, input, shape.ToArray());
        using var scores = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, _scores.AsMemory(0, 2 * values), [count, 2, rows, columns]);
        using var boxes = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, _boxes.AsMemory(0, 4 * values), [count, 4, rows, columns]);
        _session.Run(_run, s_inputs, [from], s_outputs, [scores, boxes]);
    }

    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }
}
