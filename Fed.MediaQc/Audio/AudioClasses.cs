namespace Fed.MediaQc.Audio;

/// <summary>The classes of the audio task, in the order of their labels. docs/data.md defines them.</summary>
public static class AudioClasses
{
    public const string Clean = "clean";
    public const string Clipping = "clipping";
    public const string Dropout = "dropout";
    public const string LevelJump = "level-jump";
    public const string Noise = "noise";
    public const string NarrowBand = "narrow-band";
    public const string Unclear = "unclear";

    public static IReadOnlyList<string> Names { get; } =
        [Clean, Clipping, Dropout, LevelJump, Noise, NarrowBand, Unclear];

    public static byte Index(string name) => (byte)Names.ToList().IndexOf(name);
}
