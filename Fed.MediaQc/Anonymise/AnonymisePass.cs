using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Anonymise;

/// <summary>
/// Looks at the pictures of a film, one after the other, and covers what is found when the pictures around it are known,
/// too. A second of pictures waits in memory, whatever the length.
/// </summary>
internal sealed class AnonymisePass
{
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
        SourcePictures source,
        PictureLayout layout,
        IReadOnlyList<IReadOnlyList<IRegionDetector>> lanes,
        KnownRegions known,
        AnonymiseOptions options)
    {
        (_source, _layout, _known) = (source, layout, known);
        _blur = new(_layout, options.Cover, source.IsFullRange);
        _lanes = [.. lanes.Select(detectors => (new LumaReducer(_layout, source.IsFullRange), detectors))];
        var hold = Math.Max(1, (int)Math.Round(options.Hold * source.FrameRate));
        _trackers =
        [
            .. lanes[0].Select(each => new RegionTracker(hold, (float)options.CertaintyOf(each), options.Margin)),
        ];
        Ahead = _trackers.Select(each => each.Ahead).DefaultIfEmpty(0).Max();
    }

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

    /// <summary>Reads the next pictures and writes the last ones while it looks at those in between.</summary>
    /// <param name="from">Raw pictures.</param>
    /// <param name="to">Gets them, covered.</param>
    /// <param name="progress">Hears how many have been looked at.</param>
    public async Task RunAsync(Stream from, Stream to, IProgress<long>? progress, CancellationToken cancel)
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
}
