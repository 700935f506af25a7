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
}

/// <summary>A fault, where it stands in the chain, and how strong it is.</summary>
/// <param name="Kind">The fault.</param>
/// <param name="AfterCoding">After decoding (a player, a converter), or before the encoder sees the picture.</param>
/// <param name="Strength"> Freeze: every n-th frame is a repeat (2 to 6). Comb: distance of the fields in frames (0.5
/// to 2). Ghost: share of the second moment (0.2 to 0.5). Noise: standard deviation in levels (2 to 30). </param>
public sealed record ChainFault(FaultKind Kind, bool AfterCoding, double Strength)
{
    private static readonly Dictionary<FaultKind, (double Low, double High)> Bounds = new()
    {
        [FaultKind.Freeze] = (2, 6),
        [FaultKind.Comb] = (0.5, 2),
        [FaultKind.Ghost] = (0.2, 0.5),
        [FaultKind.Noise] = (2, 30),
    };

    /// <summary>Reads <c>kind:before|after:strength</c>.</summary>
    /// <exception cref="FormatException">The text is not a fault; the message says why.</exception>
    public static ChainFault Parse(string text) =>
        Problem(text) is { } problem ? throw new FormatException(problem) : ParseUnchecked(text)!;

    /// <summary>Why the text is not a fault, or null.</summary>
    public static string? Problem(string text)
    {
        if (ParseUnchecked(text) is not { } fault)
            return $"fault '{text}' is not kind:before|after:strength with kind freeze, comb, ghost or noise";
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

/// <summary>Puts the faults of a production chain into clips.</summary>
public static class FaultMaker
{
    /// <summary>The clip as a faulty chain delivers it.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="clip">The clip at this point of the chain.</param>
    /// <param name="move">The camera, for faults that need moments between the frames.</param>
    /// <param name="random">Seeded; noise only.</param>
    public static Clip Apply(ChainFault fault, Clip clip, CameraMove move, Random random)
    {
        var frames = Enumerable.Range(0, clip.Frames.Length).Select(t => fault.Kind switch
        {
            FaultKind.Freeze => clip.Frames[Shown(t, (int)fault.Strength)],
            FaultKind.Comb => Comb(clip.Frames[t], Moment(fault, clip, move, t), clip.Width),
            // Every second frame: rate conversion leaves a beat of sharp and blended frames.
            FaultKind.Ghost when t % 2 == 0 => clip.Frames[t],
            FaultKind.Ghost => Blend(clip.Frames[t], Moment(fault, clip, move, t), fault.Strength),
            FaultKind.Noise => AddNoise(clip.Frames[t], fault.Strength, random),
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "unknown fault"),
        });
        return clip with { Frames = [.. frames] };
    }

    // Every n-th frame is dropped and the one before stands in its place; 2 holds two of three frames.
    private static int Shown(int t, int period) => period == 2 ? t - t % 3 : t % period == period - 1 ? t - 1 : t;

    private static byte[] Moment(ChainFault fault, Clip clip, CameraMove move, int t)
    {
        var distance = fault.Kind == FaultKind.Ghost ? 1 : fault.Strength;
        return fault.AfterCoding
            ? clip.Frames[Math.Min(t + Math.Max(1, (int)distance), clip.Frames.Length - 1)]
            : move.Frame(t + distance);
    }

    private static byte[] Comb(byte[] first, byte[] second, int width)
    {
        var frame = (byte[])first.Clone();
        for (var at = width; at < frame.Length; at += 2 * width)
            second.AsSpan(at, width).CopyTo(frame.AsSpan(at));
        return frame;
    }

    private static byte[] Blend(byte[] first, byte[] second, double share)
    {
        var frame = new byte[first.Length];
        for (var i = 0; i < frame.Length; i++)
            frame[i] = (byte)Math.Round((1 - share) * first[i] + share * second[i]);
        return frame;
    }

    private static byte[] AddNoise(byte[] clean, double deviation, Random random)
    {
        var frame = new byte[clean.Length];
        for (var i = 0; i < frame.Length; i++)
        {
            // Box-Muller; 1 - u keeps the logarithm finite.
            var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            var noise = deviation * radius * Math.Cos(Math.Tau * random.NextDouble());
            frame[i] = (byte)Math.Clamp(Math.Round(clean[i] + noise), 0, 255);
        }

        return frame;
    }
}
