namespace Fed.MediaQc.Pipeline.Labels;

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

    public static IReadOnlyList<string> Names { get; } = [Clean, Blocking, Blur, Banding, Freeze, Field, Noise];

    public static byte Index(string name) => (byte)Names.ToList().IndexOf(name);
}
