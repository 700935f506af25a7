namespace Fed.MediaQc.Anonymise;

/// <summary>Something that was blurred, from when to when.</summary>
/// <param name="Kind"><c>face</c>, <c>plate</c>, or what a person has called it.</param>
/// <param name="Start">Seconds from the first picture.</param>
/// <param name="End">Seconds; the picture that is shown then is not blurred any more.</param>
/// <param name="Detections">Pictures in which it was found; 0: a person has named it.</param>
/// <param name="Confidence">Of the most certain detection, 0 to 1; null: a person has named it.</param>
/// <param name="Begin">Where it was found first, without margin: left, top, width, height, in pixels.</param>
/// <param name="Last">Where it was found last, likewise.</param>
/// <param name="Area">All places where it was found, likewise.</param>
/// <param name="Source">Model with hash, or file of a person's regions.</param>
public sealed record BlurredRegion(
    string Kind,
    double Start,
    double End,
    string StartTimecode,
    string EndTimecode,
    long Detections,
    double? Confidence,
    IReadOnlyList<int> Begin,
    IReadOnlyList<int> Last,
    IReadOnlyList<int> Area,
    string Source);

/// <summary>How it was done.</summary>
/// <param name="Cover">What regions are replaced by.</param>
/// <param name="Detectors">Kind and source of each.</param>
/// <param name="Faces">Confidence that a face reaches at least once.</param>
/// <param name="Plates">Likewise, a licence plate.</param>
/// <param name="Smallest">Side of the smallest face that was looked for, percent of the picture's shorter side.</param>
/// <param name="Margin">Share of its sides by which a box is covered beyond.</param>
/// <param name="Hold">Seconds that a region is covered before and after each detection.</param>
public sealed record AnonymiseSettings(
    Cover Cover, IReadOnlyList<string> Detectors, double Faces, double Plates, double Smallest, double Margin, double Hold);

/// <summary>All that there is to say of one file that was blurred.</summary>
/// <param name="File">As it was named.</param>
/// <param name="Output">Null: only looked for what would be blurred.</param>
/// <param name="Width">Of the pictures that were written, upright.</param>
/// <param name="FrameRate">Pictures a second; null: a still picture.</param>
/// <param name="Pictures">That were looked at, each of them.</param>
/// <param name="BlurredPictures">Of these, in so many something was blurred.</param>
/// <param name="Encoder">Null where nothing was written.</param>
/// <param name="Notes">What is otherwise than in the source.</param>
/// <param name="HeldBytes">Memory for pictures that wait until it is known what comes after them.</param>
/// <param name="OutputSha256">Null where nothing was written.</param>
public sealed record AnonymiseReport(
    string File,
    string? Output,
    int Width,
    int Height,
    double? FrameRate,
    long Pictures,
    long BlurredPictures,
    IReadOnlyList<BlurredRegion> Regions,
    AnonymiseSettings Settings,
    PictureEncoder? Encoder,
    IReadOnlyList<string> Notes,
    long HeldBytes,
    string InputSha256,
    string? OutputSha256,
    DateTimeOffset MadeAt)
{
    /// <summary>For every report: what no detector can promise.</summary>
    public const string Caution =
        "no detector finds everything: somebody has to look at the result before it is handed on";
}
