using Fed.MediaQc.Learned;

namespace Fed.MediaQc.Features;

/// <summary>Says of stored maps what they are, by a trained model. Not for use from several threads at once.</summary>
/// <param name="model">Takes these features.</param>
/// <param name="features">Make as many values of a map as it has bytes.</param>
/// <param name="stored">Shape of a map.</param>
public abstract class MapScorer(LearnedModel model, IFeatures features, IReadOnlyList<int> stored)
{
    private float[] _inputs = [];
    private float[] _probabilities = [];

    /// <param name="maps">One after the other.</param>
    /// <param name="probabilities">Maps x classes, in the order of the model's; overwritten.</param>
    public void Score(ReadOnlySpan<byte> maps, Span<float> probabilities)
    {
        if (_inputs.Length < maps.Length)
            (_inputs, _probabilities) = (new float[maps.Length], new float[probabilities.Length]);
        var length = model.InputLength;
        for (var at = 0; at < maps.Length; at += length)
            features.Extract(maps.Slice(at, length), stored, _inputs.AsSpan(at, length));
        model.Predict(_inputs, maps.Length / length, _probabilities);
        _probabilities.AsSpan(0, probabilities.Length).CopyTo(probabilities);
    }
}
