using System.Security.Cryptography;
using Fed.MediaQc.Plates;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Anonymise;

/// <summary>What an operator may choose.</summary>
/// <param name="Faces">Confidence that a face reaches at least once, 0.5 to 1.</param>
/// <param name="Plates">Likewise, a licence plate.</param>
/// <param name="Smallest">Side of the smallest face that is looked for, percent of the picture's shorter side.</param>
/// <param name="Encoder">Null: the usual one for the output and the source.</param>
/// <param name="Quality">Of the encoder, in its own scale; null: the usual one.</param>
public sealed record AnonymiseOptions(
    Cover Cover = Cover.Blur,
    double Faces = 0.7,
    double Plates = PlateDetector.UsualThreshold,
    double Smallest = 3,
    string? Encoder = null,
    int? Quality = null)
{
    /// <summary>Less certain detections follow what was certain once.</summary>
    public const float LeastFollowed = 0.5f;

    /// <summary>Share of its sides by which a box is covered beyond: hair and ears stand out of what is found.</summary>
    public double Margin { get; } = 0.25;

    /// <summary>Seconds that a region is covered before and after each detection.</summary>
    public double Hold { get; } = 0.5;

    /// <summary>Confidence that a region reaches at least once.</summary>
    internal double CertaintyOf(IRegionDetector detector) => detector.Kind == "face" ? Faces : Plates;
}

/// <summary>Blurs what must not be recognised, file by file. Nothing leaves this machine.</summary>
public sealed class Anonymiser : IDisposable
{
    /// <summary>More cores have the decoder and the encoder.</summary>
    private const int MostLanes = 8;

    private readonly List<IReadOnlyList<IRegionDetector>> _lanes = [];
    private readonly KnownRegions _known;
    private readonly AnonymiseOptions _options;
    private readonly TimeProvider _time;

    /// <param name="detectors">Make detectors that all see every picture; called once for each picture that is looked at
    /// side by side.</param>
    public Anonymiser(
        IReadOnlyList<Func<IRegionDetector>> detectors, KnownRegions known, AnonymiseOptions options, TimeProvider time)
    {
        (_known, _options, _time) = (known, options, time);
        for (var i = 0; i < Math.Min(MostLanes, Environment.ProcessorCount); i++)
        {
            var lane = new List<IRegionDetector>();
            _lanes.Add(lane);
            foreach (var make in detectors)
                lane.Add(make());
        }
    }

    public void Dispose()
    {
        foreach (var detector in _lanes.SelectMany(lane => lane))
            detector.Dispose();
    }

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
            : PictureEncoder.For(output, source.Codec, _options.Encoder, _options.Quality);
        if (output is not null && source.IsStill != IsStill(output))
        {
            throw new ScanException($"{path}: it is {(source.IsStill ? "a still picture" : "a film")}, and {output} "
                + $"would be {(source.IsStill ? "a film" : "a still picture")}");
        }

        if (Math.Min(source.Width, source.Height) < LumaReducer.Least || (long)source.Width * source.Height > LumaReducer.Most)
        {
            throw new ScanException($"{path}: its pictures have {source.Width}x{source.Height} pixels; they can be looked at "
                + $"from {LumaReducer.Least} on a side to {LumaReducer.Most >> 20} million altogether");
        }

        var layout = PictureLayout.Of(source.PixelFormat, source.Width, source.Height);
        var pass = new AnonymisePass(source, layout, _lanes, _known.Of(path), _options);
        var expected = Math.Max(1, media.Duration * source.FrameRate);
        using var staged = output is null ? null : new StagedOutput(output, input.Folder);
        var share = progress is null ? null : new Share(progress, expected);
        var full = $"{path}: no room is left where {output} is to be; nothing was written";
        try
        {
            await new PictureTranscode(media, source, layout).RunAsync(
                input, staged?.LinkedName, encoder, (from, to, token) => pass.RunAsync(from, to, share, token), cancel);
        }
        catch (ScanException error) when (staged is { HasRoom: false })
        {
            throw new ScanException(full, error);
        }

        if (staged is { HasRoom: false })
            throw new ScanException(full);
        if (pass.Pictures == 0)
            throw new ScanException($"{path}: no picture could be decoded; nothing was written");
        var written = staged is null ? null : await HashAsync(staged.Path, cancel);
        var writtenAs = staged is null ? null : (await MediaFile.ProbeAsync(staged.Path, cancel)).Streams[0].PixelFormat;
        var inputSha256 = await HashAsync(path, cancel);
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
                _options.Cover,
                [.. _lanes[0].Select(each => $"{each.Kind}: {each.Source}")],
                _options.Faces,
                _options.Plates,
                _options.Smallest,
                _options.Margin,
                _options.Hold),
            encoder,
            [
                .. Notes(media, source, layout.PixelFormat, writtenAs),
                .. output is null ? [] : SubtitleNotes(media, Path.GetExtension(output)),
                .. pass.Missing.Select(region => FormattableString.Invariant(
                    $"region '{region.Kind}' of a person at {region.Start} s, box {string.Join(", ", region.Box)}, ")
                    + "is in no picture"),
            ],
            pass.HeldBytes,
            inputSha256,
            written,
            _time.GetLocalNow());
    }

    /// <param name="takenAs">Format of the pictures that were blurred.</param>
    /// <param name="writtenAs">Format of the pictures in the output; null: there is none.</param>
    private static IEnumerable<string> Notes(MediaFile media, SourcePictures source, string takenAs, string? writtenAs)
    {
        if (takenAs != source.PixelFormat)
            yield return $"pictures of {source.PixelFormat} were taken as {takenAs}";
        if (writtenAs is not null && writtenAs != source.PixelFormat && writtenAs != takenAs)
            yield return $"pictures of {source.PixelFormat} were written as {writtenAs}";
        if (source.IsVariable)
        {
            yield return FormattableString.Invariant(
                $"pictures came at changing times; they come {source.FrameRate:0.###} a second now");
        }

        if (source.Rotation != 0)
            yield return $"pictures that the file said to rotate by {source.Rotation} degrees stand upright now";
        if (media.Streams.Count(stream => stream.Kind == StreamKind.Video) > 1)
            yield return "of several streams of pictures the first is left";
        if (media.Streams.Any(stream => stream.Kind == StreamKind.Other))
            yield return "streams of data and attachments were left out";
    }

    private static IEnumerable<string> SubtitleNotes(MediaFile media, string ending) => media.Streams
        .Where(stream => stream.Kind == StreamKind.Subtitle)
        .Select(stream => (stream, Codec: KeptSubtitles.CodecFor(stream.Codec, ending)))
        .Where(each => each.Codec != "copy")
        .Select(each => each.Codec is { } codec
            ? $"subtitles (stream {each.stream.Index}, {each.stream.Codec}) were written as {codec}"
            : $"subtitles (stream {each.stream.Index}, {each.stream.Codec}) were left out: {ending} holds none of the kind");

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
