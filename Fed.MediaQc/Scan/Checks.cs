namespace Fed.MediaQc.Scan;

/// <summary>A check as reports and profiles name it.</summary>
/// <param name="Unit">Of what it measures.</param>
/// <param name="About">What it looks for, and whose definition it follows.</param>
public sealed record CheckInfo(string Name, string Unit, string About);

/// <summary>All checks that measure; those of subtitles are in <see cref="SubtitleRules"/>.</summary>
public static class Checks
{
    public static CheckInfo Decode { get; } = new(
        "decode", "complaints", "The decoder found nothing wrong, and the streams are as long as the file says");

    public static CheckInfo Black { get; } = new("black", "s", "Black pictures (ffmpeg's blackdetect)");

    public static CheckInfo Freeze { get; } = new(
        "freeze", "s", "Pictures that stand still (ffmpeg's freezedetect)");

    public static CheckInfo FieldOrder { get; } = new(
        "fieldOrder", "share", "Pictures are interlaced or not as the stream says (ffmpeg's idet)");

    public static CheckInfo Levels { get; } = new(
        "levels", "share", "Luma within -5 % to 105 % (EBU R 103 v3), looked at twice a second");

    public static CheckInfo Loudness { get; } = new(
        "loudness", "LUFS", "Integrated programme loudness (ITU-R BS.1770, EBU R 128)");

    public static CheckInfo LoudnessRange { get; } = new("loudnessRange", "LU", "Loudness range (EBU Tech 3342)");

    public static CheckInfo TruePeak { get; } = new(
        "truePeak", "dBTP", "Largest peak between samples (ITU-R BS.1770 annex 2)");

    public static CheckInfo Silence { get; } = new("silence", "s", "Silence (ffmpeg's silencedetect)");

    public static CheckInfo Clipping { get; } = new(
        "clipping", "dB", "Wave tops cut flat, also where the level was lowered later (ffmpeg's astats: flat factor)");

    public static CheckInfo Phase { get; } = new(
        "phase", "correlation", "Left and right cancel each other (ffmpeg's aphasemeter)");

    public static IReadOnlyList<CheckInfo> All { get; } =
    [
        Decode, Black, Freeze, FieldOrder, Levels, Loudness, LoudnessRange, TruePeak, Silence, Clipping, Phase,
        .. SubtitleRules.All,
    ];
}
