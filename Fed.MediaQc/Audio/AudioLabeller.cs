namespace Fed.MediaQc.Audio;

/// <summary>A label with its severity: 0 none, 1 slight, 2 clear, 3 severe.</summary>
public readonly record struct AudioLabel(string Class, byte Severity);

/// <summary>
/// The rules of docs/data.md: what the pipeline did, confirmed by the measured distance to the source on that very
/// second. A second that meets neither the rule for clean nor that of what was done to it gets no label and is not
/// used.
/// </summary>
public static class AudioLabeller
{
    /// <summary>Speech in at least this share of the frames, or a second is not examined.</summary>
    public const double LeastActive = 0.5;

    /// <summary>The label of a second from an encode without a fault of the chain, or null.</summary>
    public static AudioLabel? OfCoding(AudioMeasures m)
    {
        if (m.Active < LeastActive)
            return null;
        if (IsClean(m))
            return new AudioLabel(AudioClasses.Clean, 0);
        // A codec that has no bits left gives up bands, or draws the spectrum roughly.
        return m.BandsLost >= 0.15 || m.Distance >= 2.8
            ? new AudioLabel(AudioClasses.NarrowBand, Grade(m.Distance, 4, 7))
            : null;
    }

    /// <summary>The label of a second with a fault of the chain, or null where it cannot be heard.</summary>
    public static AudioLabel? OfFault(SoundFault fault, AudioMeasures m)
    {
        if (m.Active < LeastActive)
            return null;
        return fault.Class switch
        {
            AudioClasses.Clipping when m.CrestLost >= 3 && m.Distortion is >= 3 and <= 20
                => Give(Grade(m.CrestLost, 5, 8)),
            AudioClasses.Dropout when m.GapMilliseconds >= 15 => Give(Grade(m.GapMilliseconds, 60, 200)),
            AudioClasses.LevelJump when Math.Abs(m.Step) >= 5 => Give(Grade(Math.Abs(m.Step), 7, 10)),
            AudioClasses.Noise when m.FloorRise >= 8 => Give(Grade(m.FloorRise, 14, 22)),
            AudioClasses.NarrowBand when m.BandsLost >= 0.15 => Give(Grade(m.BandsLost, 0.25, 0.4)),
            AudioClasses.Unclear when m.Modulation <= 0.88 => Give(Grade(-m.Modulation, -0.8, -0.65)),
            _ => null,
        };

        AudioLabel Give(byte severity) => new(fault.Class, severity);
    }

    private static bool IsClean(AudioMeasures m) =>
        m.Distance <= 2 && Math.Abs(m.CrestLost) < 1.5 && m.GapMilliseconds < 10 && Math.Abs(m.Step) < 1.5
        && m.FloorRise < 5 && m.BandsLost < 0.05 && m.Modulation >= 0.93;

    private static byte Grade(double value, double clear, double severe) =>
        (byte)(value >= severe ? 3 : value >= clear ? 2 : 1);
}
