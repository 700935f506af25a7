using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Programmes;

/// <summary>A change of the picture, as ffmpeg's scdet measures it in small pictures.</summary>
/// <param name="Time">Seconds: of the first picture that is new.</param>
/// <param name="Strength">0 to 1: a clear cut.</param>
public readonly record struct Cut(double Time, float Strength)
{
    /// <summary>Pixels: a change of the whole picture shows at any size.</summary>
    public const int Width = 64, Height = 48;

    /// <summary>What scdet calls its score, 0 to 100.</summary>
    internal const string Score = "scd.score";

    /// <summary>A score that a move of the camera reaches, and one that only a cut does.</summary>
    private const double Weakest = 3, Clear = 15;

    /// <summary>Scores of pictures, which nothing is done to.</summary>
    /// <param name="target">The log's name as a value of <c>metadata=print:file=</c>.</param>
    internal static string Filters(string target) =>
        $"scdet=threshold=100,metadata=print:key=lavfi.{Score}:file={target}";

    /// <summary>Of what the filters have written.</summary>
    internal static IReadOnlyList<Cut> From(IEnumerable<MetadataLine> log) =>
    [
        .. log.Where(line => line.Key == Score && line.Value > Weakest).Select(line =>
            new Cut(line.Time, (float)Math.Min(1, (line.Value!.Value - Weakest) / (Clear - Weakest)))),
    ];
}
