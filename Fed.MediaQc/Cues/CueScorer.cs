using Fed.Training;

namespace Fed.MediaQc.Cues;

/// <summary>Says of cues what they are, one after the other.</summary>
public interface ICueScorer
{
    /// <param name="planes">Maps of <see cref="CueFeatures"/>, one after the other.</param>
    /// <param name="probabilities">Cues x classes, in the order of <see cref="CueClasses.Names"/>;
    /// overwritten.</param>
    void Score(ReadOnlySpan<byte> planes, Span<float> probabilities);
}

/// <summary>By a trained model.</summary>
public sealed class ModelCueScorer : ICueScorer
{
    private static readonly CueFeatures s_features = new();

    private readonly Predictor _predictor;
    private float[] _inputs = [];

    /// <param name="parameters">The flat vector in layout order; copied.</param>
    /// <exception cref="ArgumentException">The model takes other inputs or gives other classes, or the parameters are
    /// not the model's.</exception>
    public ModelCueScorer(ModelSpecification model, ReadOnlySpan<float> parameters)
    {
        var shape = s_features.OutputShape(CueFeatures.StoredShape);
        if (!model.Input.SequenceEqual(shape) || model.Classes != CueClasses.Names.Count)
        {
            throw new ArgumentException(
                $"model '{model.Name}' takes [{string.Join(',', model.Input)}] and gives {model.Classes} classes; "
                + $"cues are [{string.Join(',', shape)}] and of {CueClasses.Names.Count} classes");
        }

        _predictor = new Predictor(model, parameters);
    }

    public void Score(ReadOnlySpan<byte> planes, Span<float> probabilities)
    {
        if (_inputs.Length < planes.Length)
            _inputs = new float[planes.Length];
        var inputs = _inputs.AsSpan(0, planes.Length);
        for (var at = 0; at < planes.Length; at += CueFeatures.Length)
        {
            s_features.Extract(
                planes.Slice(at, CueFeatures.Length), CueFeatures.StoredShape, inputs.Slice(at, CueFeatures.Length));
        }

        _predictor.Predict(inputs, probabilities);
    }
}
