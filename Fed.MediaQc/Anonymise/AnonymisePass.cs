using System.Globalization;
using System.Net.Sockets;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Anonymise;

/// <summary>
/// One run over the pictures of a file: one ffmpeg decodes, what is found in a picture is covered when the pictures
/// around it are known, too, and another ffmpeg encodes. A second of pictures waits in memory, whatever the length.
/// </summary>
internal sealed class AnonymisePass
{
    private readonly MediaFile _media;
    private readonly SourcePictures _source;
    private readonly PictureLayout _layout;
    private readonly RegionBlur _blur;
    private readonly IReadOnlyList<(LumaReducer Luma, IReadOnlyList<IRegionDetector> Detectors)> _lanes;
    private readonly IReadOnlyList<RegionTracker> _trackers;
    private readonly KnownRegions _known;
    private readonly Queue<byte[]> _waiting = new();
    private readonly Stack<byte[]> _free = new();
    private readonly List<PixelBox> _covered = [];

    /// <param name="lanes">The same detectors in each: so many pictures are looked at side by side.</param>
    /// <param name="known">Regions of this file that a person has named.</param>
    public AnonymisePass(
        MediaFile media,
        SourcePictures source,
        IReadOnlyList<IReadOnlyList<IRegionDetector>> lanes,
        KnownRegions known,
        AnonymiseOptions options)
    {
        (_media, _source, _known) = (media, source, known);
        _layout = PictureLayout.Of(source.PixelFormat, source.Width, source.Height);
        _blur = new(_layout, options.Cover, source.IsFullRange);
        _lanes = [.. lanes.Select(detectors => (new LumaReducer(_layout, source.IsFullRange), detectors))];
        var hold = Math.Max(1, (int)Math.Round(options.Hold * source.FrameRate));
        _trackers =
        [
            .. lanes[0].Select(each => new RegionTracker(hold, (float)options.CertaintyOf(each), options.Margin)),
        ];
        Ahead = _trackers.Select(each => each.Ahead).DefaultIfEmpty(0).Max();
    }

    public PictureLayout Layout => _layout;

    /// <summary>Pictures that wait until it is known what comes after them.</summary>
    public int Ahead { get; }

    /// <summary>Memory for pictures: those that wait, and those that come and go meanwhile.</summary>
    public long HeldBytes { get; private set; }

    public long Pictures { get; private set; }

    public long BlurredPictures { get; private set; }

    public IEnumerable<BlurredRegion> Regions
    {
        get
        {
            var rate = _source.FrameRate;
            var found = _trackers.Zip(_lanes[0].Detectors).SelectMany(each => each.First.Tracks.Select(track => Describe(
                each.Second.Kind,
                track.First / rate,
                (track.Last + 1) / rate,
                track.Detections,
                Math.Round(track.Confidence, 3),
                (track.Begin, track.End, track.Area),
                each.Second.Source)));
            var named = _known.All.Where(region => region.Start < Pictures / rate).Select(region => Describe(
                region.Kind,
                region.Start,
                Math.Min(region.End, Pictures / rate),
                0,
                null,
                (region.Area, region.Area, region.Area),
                _known.Source));
            return found.Concat(named).OrderBy(region => region.Start);
        }
    }

    /// <summary>Regions of a person that are in no picture: they name another size or length.</summary>
    public IEnumerable<KnownRegion> Missing => _known.All.Where(region => region.Start >= Pictures / _source.FrameRate
        || region.Area.Within(_layout.Width, _layout.Height).IsEmpty);

    /// <param name="output">Name within the input's folder; null: nothing is written.</param>
    /// <param name="progress">Hears how many pictures were decoded.</param>
    /// <exception cref="ScanException">A picture could not be decoded or encoded: what stands in the output is of no
    /// use.</exception>
    public async Task RunAsync(
        InputLink input, string? output, PictureEncoder? encoder, IProgress<long>? progress,
        CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var decoded = new MediaTap(input.Folder, "pictures.sock");
        using var blurred = output is null ? null : new MediaTap(input.Folder, "blurred.sock");
        var decoder = RunAsync(DecoderArguments(input, decoded), input, decoded, stop.Token);
        var writer = output is null
            ? Task.FromResult((Code: 0, Complaints: ""))
            : RunAsync(EncoderArguments(input, blurred!, output, encoder!), input, blurred!, stop.Token);
        try
        {
            IOException? broken = null;
            try
            {
                await decoded.TryReadAsync(
                    (from, token) => blurred is null
                        ? PassAsync(from, Stream.Null, progress, token)
                        : blurred.TryReadAsync((to, inner) => PassAsync(from, to, progress, inner), token),
                    stop.Token);
            }
            // The encoder has ended before its time: it says why.
            catch (IOException error) when (error.InnerException is SocketException)
            {
                broken = error;
                await stop.CancelAsync();
            }

            var (written, read) = (await Ended(writer), await Ended(decoder));
            if (written.Code != 0 || broken is not null)
            {
                var why = written.Complaints.Length > 0 ? written.Complaints : read.Complaints;
                throw Failed("the blurred pictures cannot be written", why, broken);
            }

            if (read.Code != 0 || read.Complaints.Length > 0)
                throw Failed($"decoding broke after {Pictures} pictures", read.Complaints, null);
            if (Pictures == 0)
                throw Failed("no picture could be decoded", "", null);
        }
        catch
        {
            await stop.CancelAsync();
            // The folder is the caller's to remove then.
            await Task.WhenAll((Task)decoder, writer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        ScanException Failed(string what, string complaints, Exception? inner)
        {
            var why = complaints.Length > 0 ? $": {InputLink.Rename(complaints, input, _media.Path)}" : "";
            return new($"{_media.Path}: {what}{why}; nothing was written", inner);
        }
    }

    /// <summary>When a run was ended by us, it has nothing to say.</summary>
    private static async Task<(int Code, string Complaints)> Ended(Task<(int Code, string Complaints)> run)
    {
        await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return run.IsCanceled ? (1, "") : await run;
    }

    private static async Task<(int Code, string Complaints)> RunAsync(
        IEnumerable<string> arguments, InputLink input, MediaTap tap, CancellationToken cancel)
    {
        try
        {
            return await MediaTool.RunAsync("ffmpeg", arguments, input.Folder, onLine: null, cancel);
        }
        finally
        {
            tap.Close();
        }
    }

    /// <summary>Reads the next pictures and writes the last ones while it looks at those in between.</summary>
    private async Task PassAsync(Stream from, Stream to, IProgress<long>? progress, CancellationToken cancel)
    {
        var reading = ReadAsync(from, cancel);
        var writing = Task.CompletedTask;
        List<byte[]> leaving = [];
        while (true)
        {
            var pictures = await reading;
            var isLast = pictures.Count < _lanes.Count;
            if (!isLast)
                reading = ReadAsync(from, cancel);
            Look(pictures);
            progress?.Report(Pictures);
            await writing;
            lock (_free)
                leaving.ForEach(_free.Push);
            leaving = Finished(isLast ? 0 : Ahead);
            writing = SendAsync(to, leaving, cancel);
            if (isLast)
                break;
        }

        await writing;
    }

    /// <returns>One for each lane; fewer are the last.</returns>
    private async Task<List<byte[]>> ReadAsync(Stream from, CancellationToken cancel)
    {
        var pictures = new List<byte[]>();
        while (pictures.Count < _lanes.Count)
        {
            var picture = Reserve();
            var read = await from.ReadAtLeastAsync(picture, picture.Length, throwOnEndOfStream: false, cancel);
            if (read < picture.Length)
                break;
            pictures.Add(picture);
        }

        return pictures;
    }

    private static async Task SendAsync(Stream to, List<byte[]> pictures, CancellationToken cancel)
    {
        foreach (var picture in pictures)
            await to.WriteAsync(picture, cancel);
    }

    private byte[] Reserve()
    {
        lock (_free)
        {
            if (_free.TryPop(out var used))
                return used;
            HeldBytes += _layout.Bytes;
            return new byte[_layout.Bytes];
        }
    }

    private void Look(List<byte[]> pictures)
    {
        var found = new List<(PixelBox Box, float Confidence)>[pictures.Count, _trackers.Count];
        Parallel.For(0, pictures.Count, i =>
        {
            var (luma, detectors) = _lanes[i];
            luma.Reduce(pictures[i]);
            for (var j = 0; j < detectors.Count; j++)
            {
                var regions = new List<DetectedRegion>();
                detectors[j].Detect(luma.Luma, luma.Width, luma.Height, regions);
                found[i, j] = regions.ConvertAll(each => (Enlarged(each, luma.Factor), each.Confidence));
            }
        });
        for (var i = 0; i < pictures.Count; i++, Pictures++)
        {
            for (var j = 0; j < _trackers.Count; j++)
                _trackers[j].Observe(Pictures, found[i, j]);
            _waiting.Enqueue(pictures[i]);
        }
    }

    /// <summary>Takes out the pictures of which all is known, covered.</summary>
    /// <param name="ahead">As many stay.</param>
    private List<byte[]> Finished(int ahead)
    {
        var finished = new List<byte[]>();
        while (_waiting.Count > ahead)
        {
            var number = Pictures - _waiting.Count;
            finished.Add(_waiting.Dequeue());
            Cover(finished[^1], number);
        }

        return finished;
    }

    private void Cover(byte[] picture, long number)
    {
        _covered.Clear();
        foreach (var tracker in _trackers)
            tracker.Cover(number, _covered);
        // Half a picture early and late: times are rounded by whoever writes them down.
        var (time, half) = (number / _source.FrameRate, 0.5 / _source.FrameRate);
        _covered.AddRange(_known.All
            .Where(region => time >= region.Start - half && time < region.End + half)
            .Select(region => region.Area));
        foreach (var region in _covered)
            _blur.Apply(picture, region);
        if (_covered.Count > 0)
            BlurredPictures++;
    }

    private BlurredRegion Describe(
        string kind,
        double start,
        double end,
        long detections,
        double? confidence,
        (PixelBox Begin, PixelBox Last, PixelBox Area) boxes,
        string source)
    {
        double? rate = _source.IsStill ? null : _source.FrameRate;
        return new(
            kind,
            Math.Round(start, 3),
            Math.Round(end, 3),
            Timecode.Of(start, rate),
            Timecode.Of(end, rate),
            detections,
            confidence,
            boxes.Begin.ToArray(),
            boxes.Last.ToArray(),
            boxes.Area.ToArray(),
            source);
    }

    private static PixelBox Enlarged(DetectedRegion region, int factor) => new(
        region.Left * factor,
        region.Top * factor,
        (region.Left + region.Width) * factor,
        (region.Top + region.Height) * factor);

    private IEnumerable<string> DecoderArguments(InputLink input, MediaTap tap) =>
    [
        "-hide_banner", "-nostdin", "-v", "error", "-y", "-xerror", .. InputLink.Alone, "-i", input.Name,
        "-map", $"0:{_source.Stream}",
        .. _source.IsStill
            ? ["-frames:v", "1"]
            : (string[])["-vf", "setpts=PTS-STARTPTS", "-fps_mode", "cfr", "-r", _source.Rate],
        "-c:v", "rawvideo", "-pix_fmt", _layout.PixelFormat, "-f", "rawvideo", tap.Url,
    ];

    private IEnumerable<string> EncoderArguments(InputLink input, MediaTap tap, string output, PictureEncoder encoder)
    {
        var filters = new List<string>();
        if (_source.Tags.Length > 0)
            filters.Add($"setparams={_source.Tags}");
        if (_source.Aspect is { } aspect)
            filters.Add($"setsar={aspect.Replace(':', '/')}:max=100000");
        if (_source.TopFirst is { } top)
            filters.Add($"setfield={(top ? "tff" : "bff")}");
        return
        [
            "-hide_banner", "-nostdin", "-v", "error", "-y",
            "-f", "rawvideo", "-pix_fmt", _layout.PixelFormat, "-s", $"{_layout.Width}x{_layout.Height}",
            "-framerate", _source.Rate, "-i", tap.Url,
            .. _source.IsStill
                ? []
                : (string[])["-itsoffset", Seconds(-_source.Offset), .. InputLink.Alone, "-i", input.Name],
            "-map", "0:v",
            .. _source.IsStill
                ? ["-update", "1", "-frames:v", "1"]
                : (string[])["-map", "1:a?", "-map", "1:s?", "-map_chapters", "1", "-c:a", "copy", "-c:s", "copy"],
            "-map_metadata:g", "-1", "-map_metadata:s", "-1", .. Languages(StreamKind.Audio, "a"),
            .. Languages(StreamKind.Subtitle, "s"),
            .. filters.Count > 0 ? ["-vf", string.Join(',', filters)] : (string[])[],
            .. encoder.Arguments(_source.TopFirst), output,
        ];
    }

    /// <summary>All that is left of what is written about streams.</summary>
    private IEnumerable<string> Languages(StreamKind kind, string letter) => _media.Streams
        .Where(stream => stream.Kind == kind)
        .SelectMany((stream, i) => stream.Language is { } language
            ? (string[])[$"-metadata:s:{letter}:{i}", $"language={language}"]
            : []);

    private static string Seconds(double seconds) => seconds.ToString("0.000000", CultureInfo.InvariantCulture);
}
