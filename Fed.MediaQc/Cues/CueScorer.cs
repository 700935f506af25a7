using Fed.MediaQc.Features;
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
public sealed class ModelCueScorer(LearnedModel model)
    : MapScorer(model, new CueFeatures(), CueFeatures.StoredShape), ICueScorer;
