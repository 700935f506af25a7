using Fed.MediaQc.Cues;

namespace Fed.MediaQc.Programmes;

/// <summary>What is looked at of a programme's three streams.</summary>
/// <param name="Sound">Its loudness in bands.</param>
/// <param name="Cues">In the order of their starts.</param>
/// <param name="Cuts">Changes of the picture, in the order of time.</param>
public sealed record ProgrammeStreams(SoundLevels Sound, IReadOnlyList<TimedCue> Cues, IReadOnlyList<Cut> Cuts)
{
    /// <summary>With one stream moved. Where it is the sound, the two others go the other way: only how the streams
    /// lie to each other can be seen.</summary>
    public ProgrammeStreams Displaced(Displacement by) => by.Stream switch
    {
        MediaStream.Cues => this with { Cues = Moved(Cues, by.Seconds) },
        MediaStream.Picture => this with { Cuts = Moved(Cuts, by.Seconds) },
        _ => this with { Cues = Moved(Cues, -by.Seconds), Cuts = Moved(Cuts, -by.Seconds) },
    };

    private static IReadOnlyList<TimedCue> Moved(IReadOnlyList<TimedCue> cues, double seconds) =>
        new CueTiming(seconds, 1).Apply(cues);

    private static IReadOnlyList<Cut> Moved(IReadOnlyList<Cut> cuts, double seconds) =>
        [.. cuts.Select(cut => cut with { Time = cut.Time + seconds })];
}
