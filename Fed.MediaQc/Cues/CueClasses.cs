namespace Fed.MediaQc.Cues;

/// <summary>What a cue can be. The numbers are stored as labels.</summary>
public enum CueClass : byte
{
    Ok = 0,

    /// <summary>It begins and ends before its speech does.</summary>
    Early = 1,

    /// <summary>It begins and ends after its speech does.</summary>
    Late = 2,

    /// <summary>Another text is said while it stands there.</summary>
    WrongText = 3,

    /// <summary>It is right, and speech beside it has no cue.</summary>
    MissingNeighbour = 4,
}

/// <summary>The names of the classes; a label is an index.</summary>
public static class CueClasses
{
    public static readonly IReadOnlyList<string> Names = ["ok", "early", "late", "wrong-text", "missing-neighbour"];
}

/// <summary>
/// How a cue lies to the speech, as is known of a programme that was put together of utterances.
/// </summary>
/// <param name="Lead">Seconds from the cue's start to the first sound of its own text.</param>
/// <param name="Tail">Seconds from the last sound of its own text to the cue's end.</param>
/// <param name="Elsewhere">Seconds by which the cue's edges miss those of the nearest utterance, the larger of the
/// two.</param>
/// <param name="LetterRatio">Letters of its text to those of what is said.</param>
/// <param name="Uncovered">Seconds of speech within 3 s of the cue that no cue covers.</param>
internal readonly record struct CueMeasures(
    double Lead, double Tail, double Elsewhere, double LetterRatio, double Uncovered)
{
    /// <summary>Seconds to each side in which speech without a cue is looked for.</summary>
    public const double Neighbourhood = 3;

    /// <summary>The furthest that a cue counts as early or late, seconds; beyond, its speech is out of sight.</summary>
    public const double Furthest = 2.2;

    /// <summary>Texts whose letters differ by less cannot be told apart by their length.</summary>
    public const double TextRatio = 2;

    private bool InPlace => Lead is >= -0.1 and <= 0.45 && Tail is >= -0.1 and <= 1.3;

    private bool OtherText => LetterRatio is >= TextRatio or <= 1 / TextRatio;

    /// <summary>The class, or null where no rule holds: between the classes there is a gap.</summary>
    public CueClass? Label() => this switch
    {
        { OtherText: true } => InPlace && Uncovered < 0.3 ? CueClass.WrongText : null,
        { Lead: > 3.2 or < -3.2 } => Elsewhere >= 0.5 ? CueClass.WrongText : null,
        { InPlace: true, Uncovered: < 0.3 } => CueClass.Ok,
        { InPlace: true, Uncovered: >= 0.8 } => CueClass.MissingNeighbour,
        { Lead: >= 0.55 and <= Furthest, Tail: <= 0.3 } => CueClass.Early,
        { Lead: <= -0.3 and >= -Furthest, Tail: >= 0.25 } => CueClass.Late,
        _ => null,
    };

    /// <summary>1 slight, 2 clear, 3 severe; 0 for what is right.</summary>
    public byte Severity(CueClass label) => label switch
    {
        CueClass.Early or CueClass.Late => Step(Math.Abs(Lead), 0.8, 1.5),
        CueClass.MissingNeighbour => Step(Uncovered, 1.5, 2.5),
        CueClass.WrongText => Step(Math.Max(LetterRatio, 1 / LetterRatio), 2.5, 4),
        _ => 0,
    };

    private static byte Step(double value, double clear, double severe) =>
        (byte)(value >= severe ? 3 : value >= clear ? 2 : 1);
}
