using System.Security.Cryptography;
using Fed.MediaQc.Files;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Fed.MediaQc.Learned;

/// <summary>A trained model, run by ONNX Runtime on the processor. Not for use from several threads at once.</summary>
public sealed class LearnedModel : IDisposable
{
    private const string Input = "input";
    private const string Probabilities = "probabilities";

    /// <summary>QC models are small; ten times the largest that anybody trains here.</summary>
    private const long MaxBytes = 1L << 30;

    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();

    private readonly string _name;

    private LearnedModel(
        InferenceSession session, ModelCard card, IReadOnlyList<int> inputShape, string sha256, string name)
    {
        (_session, Card, InputShape, Sha256, _name) = (session, card, inputShape, sha256, name);
        InputLength = inputShape.Aggregate(1, (product, side) => product * side);
    }

    public ModelCard Card { get; }

    /// <summary>Sides of one sample.</summary>
    public IReadOnlyList<int> InputShape { get; }

    /// <summary>Values of one sample.</summary>
    public int InputLength { get; }

    /// <summary>Of the ONNX file, lower-case hex.</summary>
    public string Sha256 { get; }

    /// <exception cref="DataFileException">The file is missing, no ONNX model, or not one of a QC task.</exception>
    public static LearnedModel Open(string path)
    {
        byte[] onnx;
        long length;
        try
        {
            length = new FileInfo(path).Length;
            onnx = length <= MaxBytes ? File.ReadAllBytes(path) : [];
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(
                path, "there is no such model; 'fed model export' writes one of a federation's version", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataFileException(path, $"the model cannot be read ({error.Message})", error);
        }

        return onnx.Length > 0
            ? Of(onnx, path)
            : throw new DataFileException(path, $"it has {length} bytes; a model has 1 to {MaxBytes}");
    }

    /// <param name="name">What errors call it.</param>
    /// <exception cref="DataFileException">No ONNX model, or not one of a QC task.</exception>
    public static LearnedModel Of(byte[] onnx, string name)
    {
        InferenceSession? session = null;
        try
        {
            session = Start(onnx, name);
            var card = ModelCard.FromMetadata(session.ModelMetadata.CustomMetadataMap);
            var shape = Sides(session.InputMetadata, Input);
            if (Sides(session.OutputMetadata, Probabilities) is not [var outputs] || outputs != card.Classes.Count)
            {
                throw new FormatException(
                    $"its output '{Probabilities}' does not have a value for each of its {card.Classes.Count} classes");
            }

            return new LearnedModel(session, card, shape, Convert.ToHexStringLower(SHA256.HashData(onnx)), name);
        }
        catch (FormatException wrong)
        {
            session?.Dispose();
            throw new DataFileException(name, wrong.Message, wrong);
        }
    }

    /// <param name="inputs">Sample after sample.</param>
    /// <param name="probabilities">Of each sample, one for each class.</param>
    /// <exception cref="DataFileException">What the model gives is no probability: its weights are damaged.</exception>
    public void Predict(float[] inputs, int count, float[] probabilities)
    {
        var classes = Card.Classes.Count;
        using var input = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance,
            inputs.AsMemory(0, count * InputLength),
            [count, .. InputShape.Select(side => (long)side)]);
        using var output = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, probabilities.AsMemory(0, count * classes), [count, classes]);
        _session.Run(_run, [Input], [input], [Probabilities], [output]);
        // Not a finding of all or of nothing: comparisons with NaN are false, whichever way they ask.
        if (probabilities.AsSpan(0, count * classes).ContainsAnyExceptInRange(0f, 1.001f))
            throw new DataFileException(_name, "it gives what is no probability; export it again, or train anew");
    }

    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }

    private static InferenceSession Start(byte[] onnx, string name)
    {
        // The decoders have the other cores. What it complains of comes as an exception.
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        try
        {
            return new InferenceSession(onnx, options);
        }
        catch (OnnxRuntimeException error)
        {
            throw new DataFileException(
                name,
                $"it is no ONNX model that can be run; `fed model export` writes such files: {error.Message}",
                error);
        }
        catch (Exception error) when (error is DllNotFoundException or TypeInitializationException)
        {
            throw new DataFileException(name, $"ONNX Runtime cannot be loaded on this machine: {error.Message}", error);
        }
    }

    private static int[] Sides(IReadOnlyDictionary<string, NodeMetadata> values, string name) =>
        values.TryGetValue(name, out var value) && value.ElementDataType == TensorElementType.Float
            && value.Dimensions is [-1, .. var sides] && sides.All(side => side > 0)
            ? sides
            : throw new FormatException($"it has no float32 '{name}' of shape [batch, ...]; it is not a QC model");
}
