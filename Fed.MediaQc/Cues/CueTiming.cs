namespace Fed.MediaQc.Cues;

/// <summary>How a file's cues are to be moved: new time = scale x time + offset.</summary>
/// <param name="Offset">Seconds; above 0: the cues come too early.</param>
/// <param name="Scale">1, or a ratio of frame rates.</param>
public readonly record struct CueTiming(double Offset, double Scale)
{
    public static readonly CueTiming None = new(0, 1);

    /// <summary>The ratios that a file made for another frame rate is off by: 24, 25 and 24000/1001 pictures a
    /// second.</summary>
    public static readonly IReadOnlyList<double> Scales =
        [1, 24 / 25.0, 25 / 24.0, 1000 / 1001.0, 1001 / 1000.0, 24000 / 25025.0, 25025 / 24000.0];

    public IReadOnlyList<TimedCue> Apply(IReadOnlyList<TimedCue> cues)
    {
        var moved = new TimedCue[cues.Count];
        for (var i = 0; i < moved.Length; i++)
            moved[i] = cues[i].Moved(Offset, Scale);
        return moved;
    }

    /// <summary>Seconds between where two timings put a moment.</summary>
    public double Distance(CueTiming other, double time) =>
        Math.Abs((Scale - other.Scale) * time + Offset - other.Offset);

    /// <summary>Seconds by which two timings differ over the cues, on average.</summary>
    public double Distance(CueTiming other, IReadOnlyList<TimedCue> cues)
    {
        var sum = 0.0;
        foreach (var cue in cues)
            sum += Distance(other, cue.Start);
        return sum / cues.Count;
    }
}
