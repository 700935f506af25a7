using System.Globalization;

namespace Fed.MediaQc.Audio;

/// <summary>What a production chain does to sound.</summary>
public enum SoundFaultKind
{
    /// <summary>Driven into a stage that cannot follow, then turned down.</summary>
    Clip,

    /// <summary>A gap: a lost packet, a bad splice.</summary>
    Dropout,

    /// <summary>From a moment on louder or softer.</summary>
    Step,

    /// <summary>Mains hum with its harmonics.</summary>
    Hum,

    /// <summary>Broadband noise.</summary>
    Hiss,

    /// <summary>Nothing above a frequency.</summary>
    LowPass,

    /// <summary>The speaker is far away in a large hall.</summary>
    Reverb,

    /// <summary>Four others talk at the same time.</summary>
    Babble,
}

/// <summary>A fault, where it stands in the chain, and how strong it is.</summary>
/// <param name="Kind">The fault.</param>
/// <param name="AfterCoding">After decoding, or before the encoder hears the sound.</param>
/// <param name="Strength">Clip: dB by which the peak exceeds what the stage can follow (6 to 30). Dropout: milliseconds
/// (20 to 500). Step: dB (-12 to -6 or 6 to 12). Hum, Hiss, Babble: speech above the disturbance, dB (-5 to 25).
/// LowPass: hertz (800 to 3000). Reverb: seconds in which the hall's sound falls by 60 dB (0.5 to 3).</param>
public sealed record SoundFault(SoundFaultKind Kind, bool AfterCoding, double Strength)
{
    private static readonly Dictionary<SoundFaultKind, (double Low, double High)> s_bounds = new()
    {
        [SoundFaultKind.Clip] = (6, 30),
        [SoundFaultKind.Dropout] = (20, 500),
        [SoundFaultKind.Step] = (-12, 12),
        [SoundFaultKind.Hum] = (-5, 25),
        [SoundFaultKind.Hiss] = (-5, 25),
        [SoundFaultKind.LowPass] = (800, 3000),
        [SoundFaultKind.Reverb] = (0.5, 3),
        [SoundFaultKind.Babble] = (-5, 25),
    };

    /// <summary>Class of a second in which the fault can be heard.</summary>
    public string Class => Kind switch
    {
        SoundFaultKind.Clip => AudioClasses.Clipping,
        SoundFaultKind.Dropout => AudioClasses.Dropout,
        SoundFaultKind.Step => AudioClasses.LevelJump,
        SoundFaultKind.Hum or SoundFaultKind.Hiss => AudioClasses.Noise,
        SoundFaultKind.LowPass => AudioClasses.NarrowBand,
        _ => AudioClasses.Unclear,
    };

    /// <summary>It happens at a moment; others last.</summary>
    public bool IsMomentary => Kind is SoundFaultKind.Dropout or SoundFaultKind.Step;

    /// <summary>Reads <c>kind:before|after:strength</c>.</summary>
    /// <exception cref="FormatException">The text is not a fault; the message says why.</exception>
    public static SoundFault Parse(string text) =>
        Problem(text) is { } problem ? throw new FormatException(problem) : ParseUnchecked(text)!;

    /// <summary>Why the text is not a fault, or null.</summary>
    public static string? Problem(string text)
    {
        if (ParseUnchecked(text) is not { } fault)
        {
            return $"fault '{text}' is not kind:before|after:strength with kind "
                + string.Join(", ", s_bounds.Keys).ToLowerInvariant();
        }

        var (low, high) = s_bounds[fault.Kind];
        if (!(fault.Strength >= low && fault.Strength <= high))
            return string.Create(CultureInfo.InvariantCulture, $"fault '{text}': the strength must be {low} to {high}");
        return fault.Kind == SoundFaultKind.Step && Math.Abs(fault.Strength) < 6
            ? $"fault '{text}': a step must be at least 6 dB up or down"
            : null;
    }

    private static SoundFault? ParseUnchecked(string text)
    {
        var parts = text.Split(':');
        return parts is [_, "before" or "after", _]
            && Enum.TryParse<SoundFaultKind>(parts[0], ignoreCase: true, out var kind)
            && double.TryParse(parts[2], NumberStyles.Float, CultureInfo.InvariantCulture, out var strength)
            ? new SoundFault(kind, parts[1] == "after", strength)
            : null;
    }
}
