using System.Runtime.InteropServices;
using Fed.MediaQc.Audio;
using Fed.MediaQc.Features;

namespace Fed.MediaQc.Learned;

/// <summary>
/// What a model of faults of sound says of each second, four times a second: as it was trained on, 8 kHz and mono, and
/// only of seconds that speak. An hour takes 520 KB.
/// </summary>
internal sealed class SoundLooks
{
    /// <summary>Looks a second: what happens at a moment stands at another place in each.</summary>
    public const int Rate = 4;

    private const int Hop = AudioFeatures.SampleRate / Rate;

    /// <summary>Decibels of full scale: what is quieter is a room in which nobody speaks.</summary>
    private const float LeastLevel = -55;

    /// <summary>Seconds that are shown to the model together.</summary>
    private const int Batch = 32;

    private readonly LearnedModel _model;
    private readonly IFeatures _features;
    private readonly int _classes;
    private readonly AudioFeatures _planes = new();
    private readonly float[] _second = new float[AudioFeatures.SampleRate];
    private readonly byte[] _stored = new byte[AudioFeatures.Planes * AudioFeatures.Plane];
    private readonly float[] _inputs;
    private readonly float[] _outputs;
    private readonly List<int> _waiting = new(Batch);
    private readonly List<float> _probabilities = [];
    private readonly List<float> _gaps = [];
    private readonly List<float> _levels = [];
    private int _filled;

    /// <param name="model">Of seconds of sound.</param>
    public SoundLooks(LearnedModel model)
    {
        (_model, _classes) = (model, model.Card.Classes.Count);
        _features = FeatureExtraction.Get(model.Card.Features);
        _inputs = new float[Batch * model.InputLength];
        _outputs = new float[Batch * _classes];
    }

    public int Count => _probabilities.Count / _classes;

    /// <summary>Whether enough of the second speaks. Known of all after <see cref="Complete"/>.</summary>
    public bool IsExamined(int look) => !float.IsNaN(_probabilities[look * _classes]);

    /// <summary>0 to 1; not a number, where it is not examined.</summary>
    public float Probability(int look, int fault) => _probabilities[look * _classes + fault];

    /// <summary>Of each second; see <see cref="SoundMoments.Gap"/>.</summary>
    public ReadOnlySpan<float> Gaps => CollectionsMarshal.AsSpan(_gaps);

    /// <summary>Of the first quarter of each second; see <see cref="SoundMoments.Level"/>.</summary>
    public ReadOnlySpan<float> Levels => CollectionsMarshal.AsSpan(_levels);

    /// <param name="sound">The next piece, of any length: 8 kHz, mono, -1 to 1.</param>
    public void Add(ReadOnlySpan<float> sound)
    {
        while (sound.Length > 0)
        {
            var piece = sound[..Math.Min(sound.Length, _second.Length - _filled)];
            piece.CopyTo(_second.AsSpan(_filled));
            _filled += piece.Length;
            sound = sound[piece.Length..];
            if (_filled < _second.Length)
                continue;
            Look();
            _second.AsSpan(Hop).CopyTo(_second);
            _filled -= Hop;
        }
    }

    /// <summary>The sound has ended: what still waits is shown to the model.</summary>
    public void Complete()
    {
        if (_waiting.Count == 0)
            return;
        _model.Predict(_inputs, _waiting.Count, _outputs);
        foreach (var (i, look) in _waiting.Index())
        {
            _outputs.AsSpan(i * _classes, _classes)
                .CopyTo(CollectionsMarshal.AsSpan(_probabilities)[(look * _classes)..]);
        }

        _waiting.Clear();
    }

    private void Look()
    {
        var look = Count;
        CollectionsMarshal.SetCount(_probabilities, (look + 1) * _classes);
        CollectionsMarshal.AsSpan(_probabilities)[(look * _classes)..].Fill(float.NaN);
        _levels.Add(SoundMoments.Level(_second.AsSpan(0, Hop)));
        _gaps.Add(SoundMoments.Gap(_second));
        if (SoundMoments.Level(_second) < LeastLevel || _planes.Extract(_second, _stored) < AudioLabeller.LeastActive)
            return;
        var inputs = _inputs.AsSpan(_waiting.Count * _model.InputLength, _model.InputLength);
        _features.Extract(_stored, AudioTask.StoredShape, inputs);
        _waiting.Add(look);
        if (_waiting.Count == Batch)
            Complete();
    }
}
