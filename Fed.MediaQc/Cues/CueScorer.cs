using Fed.MediaQc.Learned;

namespace Fed.MediaQc.Cues;

/// <summary>Says of cues what they are, one after the other.</summary>
public interface ICueScorer
{
    /// <param name="planes">Maps of <see cref="CueFeatures"/>, one after the other.</param>
    /// <param name="probabilities">Cues x classes, in the order of <see cref="CueClasses.Names"/>;
    /// overwritten.</param>
    void Score(ReadOnlySpan<byte> planes, Span<float> probabilities);
}

/// <summary>By a trained model of cues.</summary>
/// <param name="model">As <see cref="LearnedModels.Cues"/> has it: of these features and classes.</param>
public sealed class ModelCueScorer(LearnedModel model) : ICueScorer
{
    private static readonly CueFeatures s_features = new();

    private float[] _inputs = [];
    private float[] _probabilities = [];

    public void Score(ReadOnlySpan<byte> planes, Span<float> probabilities)
    {
        if (_inputs.Length < planes.Length)
            (_inputs, _probabilities) = (new float[planes.Length], new float[probabilities.Length]);
        for (var at = 0; at < planes.Length; at += CueFeatures.Length)
        {
            s_features.Extract(
                planes.Slice(at, CueFeatures.Length), CueFeatures.StoredShape, _inputs.AsSpan(at, CueFeatures.Length));
        }

        model.Predict(_inputs, planes.Length / CueFeatures.Length, _probabilities);
        _probabilities.AsSpan(0, probabilities.Length).CopyTo(probabilities);
    }
}
