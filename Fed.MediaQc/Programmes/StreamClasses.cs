namespace Fed.MediaQc.Programmes;

/// <summary>The streams of a programme.</summary>
public enum Modality
{
    Sound,
    Picture,
    Cues,
}

/// <summary>Which stream of a programme does not stand where the two others do. The numbers are stored as
/// labels.</summary>
public enum StreamClass : byte
{
    InSync = 0,
    SoundEarly = 1,
    SoundLate = 2,
    PictureEarly = 3,
    PictureLate = 4,
    CuesEarly = 5,
    CuesLate = 6,
}

/// <summary>The names of the classes; a label is an index.</summary>
public static class StreamClasses
{
    public static readonly IReadOnlyList<string> Names =
        ["in-sync", "sound-early", "sound-late", "picture-early", "picture-late", "cues-early", "cues-late"];
}

/// <summary>Relative timing of sound and vision: ITU-R BT.1359-1. Seconds by which the sound comes early or
/// late.</summary>
public static class SyncLimits
{
    /// <summary>From here on viewers notice it.</summary>
    public const double DetectableEarly = 0.045, DetectableLate = 0.125;

    /// <summary>From here on it is not to be delivered.</summary>
    public const double AcceptableEarly = 0.09, AcceptableLate = 0.185;
}

/// <summary>One stream, moved against the two others.</summary>
/// <param name="Stream">Which one.</param>
/// <param name="Seconds">Above 0: it comes late; below 0: early.</param>
public readonly record struct Displacement(Modality Stream, double Seconds)
{
    /// <summary>Seconds; nearer counts as in sync, whichever stream it is.</summary>
    public const double InSync = 0.04;

    /// <summary>Seconds from which cues are off; BT.1359 knows none.</summary>
    public const double CuesOff = 0.3;

    /// <summary>The furthest that is looked at, seconds.</summary>
    public const double Furthest = 2, FurthestCues = 3;

    public static readonly Displacement None = new(Modality.Sound, 0);

    /// <summary>Seconds by which the sound comes later than the pictures; below 0: earlier.</summary>
    public double SoundBehindPicture => Stream switch
    {
        Modality.Sound => Seconds,
        Modality.Picture => -Seconds,
        _ => 0,
    };

    /// <summary>The class, or null between the classes: what is beyond the detectable and within the
    /// acceptable is neither.</summary>
    public StreamClass? Label()
    {
        if (Math.Abs(Seconds) <= InSync)
            return StreamClass.InSync;
        var (early, late) = Stream switch
        {
            Modality.Sound => (SyncLimits.AcceptableEarly, SyncLimits.AcceptableLate),
            // Pictures that come late are sound that comes early.
            Modality.Picture => (SyncLimits.AcceptableLate, SyncLimits.AcceptableEarly),
            _ => (CuesOff, CuesOff),
        };
        if (-Seconds >= early)
            return OfStream(Stream, isLate: false);
        return Seconds >= late ? OfStream(Stream, isLate: true) : null;
    }

    /// <summary>1 slight, 2 clear (from 0.4 s), 3 severe (from 1 s); 0 in sync.</summary>
    public byte Severity() => Label() is null or StreamClass.InSync
        ? (byte)0
        : (byte)(Math.Abs(Seconds) switch { >= 1 => 3, >= 0.4 => 2, _ => 1 });

    internal static StreamClass OfStream(Modality stream, bool isLate) =>
        (StreamClass)(1 + 2 * (int)stream + (isLate ? 1 : 0));

    /// <summary>One of the class: as many small ones as large ones, by ratio.</summary>
    internal static Displacement Draw(StreamClass label, Random random)
    {
        if (label == StreamClass.InSync)
            return new((Modality)random.Next(3), InSync * (2 * random.NextDouble() - 1));
        var stream = (Modality)(((int)label - 1) / 2);
        var sign = label == OfStream(stream, isLate: true) ? 1 : -1;
        var least = stream == Modality.Cues ? CuesOff
            : (stream == Modality.Sound) == (sign > 0) ? SyncLimits.AcceptableLate
            : SyncLimits.AcceptableEarly;
        var most = stream == Modality.Cues ? FurthestCues : Furthest;
        return new(stream, sign * least * Math.Pow(most / least, random.NextDouble()));
    }
}
