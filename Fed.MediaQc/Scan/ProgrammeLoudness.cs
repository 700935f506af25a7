namespace Fed.MediaQc.Scan;

/// <summary>
/// Loudness of a whole programme from what a meter shows ten times a second, for sound whose format changes on the way,
/// where ffmpeg's own integration begins again.
/// </summary>
internal static class ProgrammeLoudness
{
    private const double AbsoluteGate = -70;

    /// <summary>
    /// Integrated loudness (ITU-R BS.1770-4, annex 1): the mean power of the gating blocks, 0.4 s each and 0.1 s from
    /// one to the next, above -70 LUFS and then above 10 LU below the mean of those.
    /// </summary>
    /// <param name="momentary">LUFS of each block.</param>
    /// <returns>LUFS; null where no block is loud enough.</returns>
    public static double? Integrated(IReadOnlyList<double> momentary) =>
        Gated(momentary, below: 10) is { Length: > 0 } loud ? Level(loud) : null;

    /// <summary>
    /// Loudness range (EBU Tech 3342): from the 10th to the 95th percentile of the short-term loudness above -70 LUFS
    /// and then above 20 LU below the mean power of those.
    /// </summary>
    /// <param name="shortTerm">LUFS of the last 3 s, several times a second.</param>
    /// <returns>LU; null where nothing is loud enough.</returns>
    public static double? Range(IReadOnlyList<double> shortTerm)
    {
        var loud = Gated(shortTerm, below: 20);
        if (loud.Length == 0)
            return null;
        Array.Sort(loud);
        return At(0.95) - At(0.1);

        double At(double share) => loud[(int)Math.Round(share * (loud.Length - 1))];
    }

    private static double[] Gated(IReadOnlyList<double> levels, double below)
    {
        double[] audible = [.. levels.Where(level => level > AbsoluteGate)];
        if (audible.Length == 0)
            return audible;
        var gate = Level(audible) - below;
        return Array.FindAll(audible, level => level > gate);
    }

    /// <summary>Of the mean power; the meter's offset cancels out.</summary>
    private static double Level(double[] levels) => 10 * Math.Log10(levels.Average(level => Math.Pow(10, level / 10)));
}

/// <summary>What a loudness meter has shown: its window's blocks that were full of sound of one format.</summary>
/// <param name="window">Seconds.</param>
internal sealed class MeterReadings(double window)
{
    private int _part = -1;
    private int _seen;

    /// <summary>LUFS.</summary>
    public List<double> Values { get; } = [];

    /// <param name="step">Seconds from one reading to the next.</param>
    public void Add(MetadataLine line, double step)
    {
        _seen = line.Part == _part ? _seen + 1 : 1;
        _part = line.Part;
        if (_seen * step >= window - (step / 2) && line.Value is { } level)
            Values.Add(level);
    }
}
