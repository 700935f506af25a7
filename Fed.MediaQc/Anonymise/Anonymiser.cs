using System.Security.Cryptography;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Anonymise;

/// <summary>What an operator may choose.</summary>
/// <param name="Faces">Confidence that a face reaches at least once, 0.5 to 1.</param>
/// <param name="Smallest">Side of the smallest face that is looked for, percent of the picture's shorter side.</param>
/// <param name="Encoder">Null: the usual one for the output and the source.</param>
/// <param name="Quality">Of the encoder, in its own scale; null: the usual one.</param>
public sealed record AnonymiseOptions(
    Cover Cover = Cover.Blur, double Faces = 0.7, double Smallest = 3, string? Encoder = null, int? Quality = null)
{
    /// <summary>Less certain detections follow what was certain once.</summary>
    public const float LeastFollowed = 0.5f;

    /// <summary>Share of its sides by which a box is covered beyond: hair and ears stand out of what is found.</summary>
    public double Margin { get; } = 0.25;

    /// <summary>Seconds that a region is covered before and after each detection.</summary>
    public double Hold { get; } = 0.5;

    internal double CertaintyOf(IRegionDetector detector) => detector.Kind == "face" ? Faces : LeastFollowed;
}

/// <summary>Blurs what must not be recognised, file by file. Nothing leaves this machine.</summary>
/// <param name="detectors">One after the other sees every picture.</param>
public sealed class Anonymiser(
    IReadOnlyList<IRegionDetector> detectors, KnownRegions known, AnonymiseOptions options, TimeProvider time)
{
    /// <param name="output">That does not stand there yet, or may be replaced; null: only the report.</param>
    /// <param name="progress">Hears of the share that is done, 0 to 1.</param>
    /// <exception cref="ScanException">It cannot be done; no output is left.</exception>
    /// <exception cref="Pipeline.MediaToolException">ffmpeg or ffprobe is not installed.</exception>
    public async Task<AnonymiseReport> RunAsync(
        string path, string? output, IProgress<double>? progress, CancellationToken cancel)
    {
        var media = await MediaFile.ProbeAsync(path, cancel);
        if (!media.Streams.Any(stream => stream.Kind == StreamKind.Video))
            throw new ScanException($"{path}: it has no pictures, so there is nothing to blur");
        using var input = InputLink.To(path);
        var source = await SourcePictures.ProbeAsync(media, input, cancel);
        var encoder = output is null
            ? null
            : PictureEncoder.For(output, source.Codec, options.Encoder, options.Quality);
        if (output is not null && source.IsStill != IsStill(output))
        {
            throw new ScanException($"{path}: it is {(source.IsStill ? "a still picture" : "a film")}, and {output} "
                + $"would be {(source.IsStill ? "a film" : "a still picture")}");
        }

        var pass = new AnonymisePass(media, source, detectors, known.Of(path), options);
        var hashing = HashAsync(path, cancel);
        var expected = Math.Max(1, media.Duration * source.FrameRate);
        using var staged = output is null ? null : new StagedOutput(output, input.Folder);
        await pass.RunAsync(
            input, staged?.LinkedName, encoder, progress is null ? null : new Share(progress, expected), cancel);
        var written = staged is null ? null : await HashAsync(staged.Path, cancel);
        var inputSha256 = await hashing;
        staged?.Publish();
        return new AnonymiseReport(
            path,
            output,
            source.Width,
            source.Height,
            source.IsStill ? null : source.FrameRate,
            pass.Pictures,
            pass.BlurredPictures,
            [.. pass.Regions],
            new(
                options.Cover,
                [.. detectors.Select(each => $"{each.Kind}: {each.Source}")],
                options.Faces,
                options.Smallest,
                options.Margin,
                options.Hold),
            encoder,
            [.. Notes(media, source, pass.Layout)],
            output is null ? 0 : (long)pass.Layout.Bytes * (pass.Ahead + 1),
            inputSha256,
            written,
            time.GetLocalNow());
    }

    private static IEnumerable<string> Notes(MediaFile media, SourcePictures source, PictureLayout layout)
    {
        if (layout.PixelFormat != source.PixelFormat)
            yield return $"pictures of {source.PixelFormat} were taken as {layout.PixelFormat}";
        if (source.IsVariable)
            yield return FormattableString.Invariant($"pictures came at changing times; they come {source.FrameRate:0.###} a second now");
        if (source.Rotation != 0)
            yield return $"pictures that the file said to rotate by {source.Rotation} degrees stand upright now";
        if (media.Streams.Count(stream => stream.Kind == StreamKind.Video) > 1)
            yield return "of several streams of pictures the first is left";
        if (media.Streams.Any(stream => stream.Kind == StreamKind.Other))
            yield return "streams of data and attachments were left out";
    }

    private static bool IsStill(string path) =>
        PictureEncoder.StillEndings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    private static async Task<string> HashAsync(string path, CancellationToken cancel)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
    }

    private sealed class Share(IProgress<double> progress, double expected) : IProgress<long>
    {
        public void Report(long value) => progress.Report(Math.Min(1, value / expected));
    }
}
