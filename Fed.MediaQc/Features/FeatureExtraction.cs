using Fed.MediaQc.Audio;
using Fed.MediaQc.Cues;
using Fed.MediaQc.Files;
using Fed.MediaQc.Plates;
using Fed.MediaQc.Programmes;
using Fed.Training;

namespace Fed.MediaQc.Features;

/// <summary>
/// Makes model inputs of stored patches: fixed, documented, the same everywhere. Nothing is learned here.
/// </summary>
public static class FeatureExtraction
{
    private static readonly Dictionary<string, IFeatures> Known =
        new IFeatures[]
        {
            new QcFeatures(), new AudioInputs(), new CueFeatures(), new ProgrammeFeatures(), new PlateFeatures(),
            new ScaledFeatures(),
        }
        .ToDictionary(features => features.Key);

    /// <exception cref="ArgumentException">No extraction has that key.</exception>
    public static IFeatures Get(string key) =>
        Known.TryGetValue(key, out var features)
            ? features
            : throw new ArgumentException($"features '{key}' are not known; known are {string.Join(", ", Known.Keys)}");

    /// <summary>All patches of a set as model inputs.</summary>
    public static SampleSet ToSamples(PatchSet set)
    {
        var features = Get(set.Features);
        var shape = features.OutputShape(set.Shape);
        var length = shape.Aggregate(1, (product, side) => product * side);
        var inputs = new float[(long)set.Count * length];
        Parallel.For(0, set.Count, i => features.Extract(set.Patch(i), set.Shape, inputs.AsSpan(i * length, length)));
        return new SampleSet(shape, set.Classes.Count, inputs, Array.ConvertAll(set.Labels, label => (int)label));
    }
}

/// <summary>One way to make model inputs of stored patches.</summary>
public interface IFeatures
{
    /// <summary>The name under which files ask for it.</summary>
    string Key { get; }

    /// <summary>Shape of a model input: channels, height, width.</summary>
    /// <exception cref="ArgumentException">The stored shape does not suit these features.</exception>
    IReadOnlyList<int> OutputShape(IReadOnlyList<int> stored);

    /// <summary>Fills one model input.</summary>
    void Extract(ReadOnlySpan<byte> patch, IReadOnlyList<int> stored, Span<float> output);
}

/// <summary>Pixels from 0..255 to 0..1, nothing else.</summary>
public sealed class ScaledFeatures : IFeatures
{
    public const string Name = "scaled";

    public string Key => Name;

    public IReadOnlyList<int> OutputShape(IReadOnlyList<int> stored) => stored;

    public void Extract(ReadOnlySpan<byte> patch, IReadOnlyList<int> stored, Span<float> output)
    {
        for (var i = 0; i < patch.Length; i++)
            output[i] = patch[i] / 255f;
    }
}
