using System.Globalization;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Scan;

/// <summary>What a file looks and sounds like along its length: small pictures, and the peaks of its sound. One run of
/// ffmpeg, which decodes the first stream of each; an hour takes no memory.</summary>
/// <param name="Step">Seconds from one picture to the next, above 0; the first is at 0.</param>
/// <param name="Pictures">JPEG files; empty without pictures.</param>
/// <param name="Peaks">Largest samples of stretches of equal length, 0 to 1; empty without sound.</param>
public sealed record MediaPreview(double Step, IReadOnlyList<byte[]> Pictures, IReadOnlyList<double> Peaks)
{
    public const int MostPictures = 24;

    public const int MostPeaks = 600;

    /// <summary>Pixels; noise in a box of this size is about 10 KB.</summary>
    private const string Box = "160:90";

    private const string PeakKey = "astats.Overall.Peak_level";

    /// <summary>Of what is not drawn.</summary>
    public static MediaPreview None { get; } = new(1, [], []);

    /// <param name="seconds">Length of the file; 0: not known, and so nothing is drawn.</param>
    /// <exception cref="MediaToolException">ffmpeg is not installed. What it cannot decode is left out.</exception>
    public static async Task<MediaPreview> MakeAsync(
        string path, IReadOnlyList<MediaStream> streams, double seconds, CancellationToken cancel)
    {
        var video = streams.FirstOrDefault(stream => stream.Kind == StreamKind.Video);
        var audio = streams.FirstOrDefault(stream => stream.Kind == StreamKind.Audio);
        if (seconds <= 0 || (video is null && audio is null))
            return None;
        using var input = InputLink.To(path);
        var count = (int)Math.Clamp(seconds * (video?.FrameRate ?? MostPictures), 1, MostPictures);
        var step = seconds / count;
        var arguments = new List<string> { "-max_error_rate", "1" };
        arguments.AddRange([.. InputLink.Alone, "-i", input.Name]);
        if (video is not null)
            arguments.AddRange(PictureArguments(video, step, count));
        if (audio is not null)
            arguments.AddRange(PeakArguments(audio, seconds / PeakCount(audio, seconds)));
        await new Ffmpeg().TryAsync(arguments, input.Folder, cancel);
        return new MediaPreview(
            step,
            [
                .. Directory.EnumerateFiles(input.Folder, "picture*.jpg").Order(StringComparer.Ordinal)
                    .Select(File.ReadAllBytes),
            ],
            audio is null
                ? []
                : ReadPeaks(Path.Combine(input.Folder, "peaks.txt"), seconds, PeakCount(audio, seconds)));
    }

    private static IEnumerable<string> PictureArguments(MediaStream stream, double step, int count) =>
    [
        "-map", $"0:{stream.Index}", "-vf",
        // A look shows what stands at its time, also where a picture stands for long; as wide as it is watched.
        Invariant($"fps=1/{step}:start_time=0:round=up,scale=iw*sar:ih,setsar=1,")
            + $"scale={Box}:force_original_aspect_ratio=decrease:force_divisible_by=2,format=yuvj420p",
        "-frames:v", $"{count}", "-q:v", "6", "picture%02d.jpg",
    ];

    /// <summary>None is of fewer than 64 samples.</summary>
    private static int PeakCount(MediaStream stream, double seconds) =>
        (int)Math.Clamp(seconds * stream.SampleRate / 64, 1, MostPeaks);

    private static IEnumerable<string> PeakArguments(MediaStream stream, double step) =>
    [
        "-map", $"0:{stream.Index}", "-af",
        Invariant($"asetnsamples={Math.Max(1, (int)(step * stream.SampleRate))}:p=0,")
            + "astats=metadata=1:reset=1:measure_perchannel=none:measure_overall=Peak_level,"
            + $"ametadata=print:key=lavfi.{PeakKey}:file=peaks.txt",
        "-f", "null", "-",
    ];

    private static double[] ReadPeaks(string file, double seconds, int count)
    {
        var peaks = new double[count];
        foreach (var line in MetadataLine.Read(file))
        {
            // The nearest: stretches are whole samples, and so begin a little before theirs.
            var at = (int)Math.Clamp(Math.Round(line.Time / seconds * count), 0, count - 1);
            // Silence is -inf, which has no value.
            if (line.Value is { } decibels)
                peaks[at] = Math.Max(peaks[at], Math.Min(1, Math.Pow(10, decibels / 20)));
        }

        return peaks;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
