using Fed.MediaQc.Cues;

namespace Fed.MediaQc.Programmes;

/// <summary>What is looked at of a programme's three streams.</summary>
/// <param name="Sound">Its loudness in bands.</param>
/// <param name="Cues">In the order of their starts.</param>
/// <param name="Cuts">Changes of the picture, in the order of time.</param>
public sealed record ProgrammeStreams(SoundLevels Sound, IReadOnlyList<TimedCue> Cues, IReadOnlyList<Cut> Cuts)
{
    public SoundLevels Sound { get; } = Sound;

    /// <summary>Measured once: many displacements of the same sound are looked at.</summary>
    internal SoundCurves Curves { get; } = new(Sound);

    /// <summary>With one stream moved. Where it is the sound, the two others go the other way: only how the streams
    /// lie to each other can be seen.</summary>
    public ProgrammeStreams Displaced(Displacement by) => by.Stream switch
    {
        Modality.Cues => this with { Cues = Moved(Cues, by.Seconds) },
        Modality.Picture => this with { Cuts = Moved(Cuts, by.Seconds) },
        _ => this with { Cues = Moved(Cues, -by.Seconds), Cuts = Moved(Cuts, -by.Seconds) },
    };

    private static IReadOnlyList<TimedCue> Moved(IReadOnlyList<TimedCue> cues, double seconds) =>
        new CueTiming(seconds, 1).Apply(cues);

    private static IReadOnlyList<Cut> Moved(IReadOnlyList<Cut> cuts, double seconds) =>
        [.. cuts.Select(cut => cut with { Time = cut.Time + seconds })];
}

/// <summary>Loudness and its rises at each frame of <see cref="SoundLevels"/>, the mean of the bands.</summary>
internal sealed class SoundCurves
{
    /// <summary>Frames before and after a moment that a rise compares.</summary>
    private const int RiseFrames = 10;

    private readonly SoundLevels _sound;
    private readonly float[][] _loudness = new float[ProgrammeFeatures.Windows][];
    private readonly float[] _rises;

    public SoundCurves(SoundLevels sound)
    {
        _sound = sound;
        _rises = new float[sound.Frames];
        for (var at = 0; at < sound.Frames; at++)
            _rises[at] = MeasureRise(at);
        for (var window = 0; window < _loudness.Length; window++)
        {
            _loudness[window] = new float[sound.Frames];
            for (var at = 0; at < sound.Frames; at++)
                _loudness[window][at] = Mean(at, at + ProgrammeFeatures.BinFrames(window));
        }
    }

    /// <summary>Of a bin of the window that begins with a frame, 0 to 1; the frame may lie outside.</summary>
    public float Loudness(int window, int at) => (uint)at < (uint)_sound.Frames
        ? _loudness[window][at]
        : Mean(at, at + ProgrammeFeatures.BinFrames(window));

    /// <summary>Loudness after a frame less that before it; the frame may lie outside.</summary>
    public float Rise(int at) => (uint)at < (uint)_sound.Frames ? _rises[at] : MeasureRise(at);

    private float MeasureRise(int at) => Mean(at, at + RiseFrames) - Mean(at - RiseFrames, at);

    private float Mean(int from, int to)
    {
        var sum = 0f;
        for (var band = 0; band < SoundLevels.Bands; band++)
            sum += _sound.Mean(band, from, to);
        return sum / SoundLevels.Bands;
    }
}
