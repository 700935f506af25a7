namespace Fed.MediaQc.Pipeline;

/// <summary>The classes of the media-QC task, in the order of their labels. docs/data.md defines them.</summary>
public static class QcClasses
{
    public const string Clean = "clean";
    public const string Blocking = "blocking";
    public const string Blur = "blur";
    public const string Banding = "banding";
    public const string Freeze = "freeze";
    public const string Field = "field";
    public const string Noise = "noise";
    public const string Flicker = "flicker";
    public const string Ghosting = "ghosting";

    public static IReadOnlyList<string> Names { get; } =
        [Clean, Blocking, Blur, Banding, Freeze, Field, Noise, Flicker, Ghosting];

    public static byte Index(string name) => (byte)Names.ToList().IndexOf(name);
}

/// <summary>A label with its severity: 0 none, 1 slight, 2 clear, 3 severe.</summary>
public readonly record struct QcLabel(string Class, byte Severity);

/// <summary>
/// The rules of docs/data.md: what the pipeline did, confirmed by the measured distance to the source in that very
/// region. Between clean and each fault lies a gap; a region in it gets no label and is not used.
/// </summary>
public static class Labeller
{
    /// <summary>The label of a region from an encode without a fault of the chain, or null.</summary>
    public static QcLabel? OfCoding(RegionMeasures m)
    {
        if (m.SourceRange is >= 6 and <= 80 && m.SourceFlat < 0.45 && m.SourceDetail < 4 && m.DeliveredRange >= 4
            && m.DeliveredFlat >= 0.55 && m.DeliveredFlat - m.SourceFlat >= 0.3 && m.BlockRatio < 1.3)
        {
            return new QcLabel(QcClasses.Banding, Grade(m.DeliveredFlat, 0.75, 0.88));
        }

        if (m.BlockRatio >= 1.3 && m.BlockExcess >= 0.5 && m.ErrorRms >= 2.5)
            return new QcLabel(QcClasses.Blocking, Grade(m.BlockRatio, 1.5, 2));
        if (m.SourceDetail >= 8 && m.DetailKept < 0.45 && m.ErrorRms >= 4 && m.BlockRatio < 1.15)
            return new QcLabel(QcClasses.Blur, Grade(-m.DetailKept, -0.35, -0.22));
        return IsClean(m) ? new QcLabel(QcClasses.Clean, 0) : null;
    }

    /// <summary>The label of a region from a clip with a fault of the chain, or null where it cannot be seen.</summary>
    public static QcLabel? OfFault(ChainFault fault, RegionMeasures m) => fault.Kind switch
    {
        FaultKind.Freeze when m.Repeats >= 4 => new QcLabel(QcClasses.Freeze, Grade(m.RepeatedMotion, 5, 10)),
        FaultKind.Comb when m.ErrorDetail >= 15 => new QcLabel(QcClasses.Field, Grade(m.ErrorDetail, 25, 50)),
        FaultKind.Ghost when m.ErrorRms >= 4 => new QcLabel(QcClasses.Ghosting, Grade(m.ErrorRms, 8, 14)),
        FaultKind.Echo when m.ErrorRms >= 5 && m.SourceDetail >= 6
            => new QcLabel(QcClasses.Ghosting, Grade(m.ErrorRms, 8, 14)),
        FaultKind.Noise when m.ErrorDetail >= 10 && m.ErrorRms >= 2.2 && m.BlockRatio < 1.15
            => new QcLabel(QcClasses.Noise, Grade(m.ErrorRms, 5, 9)),
        FaultKind.Flicker or FaultKind.Flutter when m.Flicker >= 1.5
            => new QcLabel(QcClasses.Flicker, Grade(m.Flicker, 4, 8)),
        _ => null,
    };

    // A region that is flat by design (graphics, black) says nothing about an encoder, so it is not called clean either.
    private static bool IsClean(RegionMeasures m) =>
        m.ErrorRms <= 1.7 && m.BlockRatio < 1.1 && m.SourceFlat < 0.45 && m.DeliveredFlat - m.SourceFlat < 0.1
        && m.DetailKept >= 0.85 && m.Flicker < 0.5 && m.Repeats == 0 && m.DeliveredRange >= Region.LeastRange;

    private static byte Grade(double value, double clear, double severe) =>
        (byte)(value >= severe ? 3 : value >= clear ? 2 : 1);
}
