using System.Globalization;

namespace Fed.MediaQc.Pipeline;

/// <summary>What a production chain does to pictures.</summary>
public enum FaultKind
{
    /// <summary>Frames are dropped and their neighbours repeated (frame synchroniser, rate conversion).</summary>
    Freeze,

    /// <summary>Two fields of different moments in one progressive frame (combing).</summary>
    Comb,

    /// <summary>Two moments blended in every second frame (field blending, rate conversion).</summary>
    Ghost,

    /// <summary>Sensor or line noise.</summary>
    Noise,

    /// <summary>The picture once more, faint and displaced (reflections on a line).</summary>
    Echo,

    /// <summary>The light swings, from top to bottom a little later (lamps on mains, seen by a rolling shutter).</summary>
    Flicker,

    /// <summary>The gain of every picture is another one (old film, a control that hunts).</summary>
    Flutter,
}

/// <summary>A fault, where it stands in the chain, and how strong it is.</summary>
/// <param name="Kind">The fault.</param>
/// <param name="AfterCoding">After decoding (a player, a converter), or before the encoder sees the picture.</param>
/// <param name="Strength">Freeze: every n-th frame is a repeat (2 to 6), or of 16 frames n are one (7 to 12). Comb:
/// distance of the fields in frames (0.5 to 2). Ghost: share of the second moment (0.2 to 0.5). Noise: standard deviation
/// in levels (2 to 30). Echo: displacement in pixels (4 to 24). Flicker and flutter: percent of the light, up and down (2
/// to 30).</param>
public sealed record ChainFault(FaultKind Kind, bool AfterCoding, double Strength)
{
    private static readonly Dictionary<FaultKind, (double Low, double High)> Bounds = new()
    {
        [FaultKind.Freeze] = (2, 12),
        [FaultKind.Comb] = (0.5, 2),
        [FaultKind.Ghost] = (0.2, 0.5),
        [FaultKind.Noise] = (2, 30),
        [FaultKind.Echo] = (4, 24),
        [FaultKind.Flicker] = (2, 30),
        [FaultKind.Flutter] = (2, 30),
    };

    /// <summary>Reads <c>kind:before|after:strength</c>.</summary>
    /// <exception cref="FormatException">The text is not a fault; the message says why.</exception>
    public static ChainFault Parse(string text) =>
        Problem(text) is { } problem ? throw new FormatException(problem) : ParseUnchecked(text)!;

    /// <summary>Why the text is not a fault, or null.</summary>
    public static string? Problem(string text)
    {
        if (ParseUnchecked(text) is not { } fault)
        {
            return $"fault '{text}' is not kind:before|after:strength with kind freeze, comb, ghost, noise, echo, "
                + "flicker or flutter";
        }

        var (low, high) = Bounds[fault.Kind];
        return fault.Strength >= low && fault.Strength <= high
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"fault '{text}': the strength must be {low} to {high}");
    }

    private static ChainFault? ParseUnchecked(string text)
    {
        var parts = text.Split(':');
        if (parts.Length != 3 || parts[1] is not ("before" or "after")
            || !Enum.TryParse<FaultKind>(parts[0], ignoreCase: true, out var kind)
            || !double.TryParse(parts[2], NumberStyles.Float, CultureInfo.InvariantCulture, out var strength))
        {
            return null;
        }

        return new ChainFault(kind, parts[1] == "after", strength);
    }
}
