namespace Fed.MediaQc.Anonymise;

/// <summary>What was blurred of one thing, from picture to picture.</summary>
/// <param name="First">First picture that was blurred, from 0.</param>
/// <param name="Last">Last picture that was blurred.</param>
/// <param name="Detections">Pictures in which it was found.</param>
/// <param name="Confidence">Of the most certain detection, 0 to 1.</param>
/// <param name="Begin">Where it was found first.</param>
/// <param name="End">Where it was found last.</param>
/// <param name="Area">All places where it was found.</param>
public sealed record RegionTrack(
    long First, long Last, long Detections, double Confidence, PixelBox Begin, PixelBox End, PixelBox Area);

/// <summary>
/// Makes detections in single pictures into regions that last: what is found is covered for a while before and after,
/// too, and between two detections all the way, so that a picture in which the detector misses shows nothing.
/// </summary>
/// <remarks>What is only likely follows a track, and begins one that counts as soon as it is certain once.</remarks>
/// <param name="hold">Pictures that a region is covered before and after each detection; at least 1.</param>
/// <param name="certain">Confidence that a track reaches at least once.</param>
/// <param name="margin">Share of its sides by which a region is covered beyond the box.</param>
internal sealed class RegionTracker(int hold, float certain, double margin)
{
    /// <summary>Shares by which a box grows while nothing is found any more: faces do not stand still.</summary>
    private const double Drift = 0.5;

    /// <summary>Boxes that have less in common, a quarter larger each, are of two things.</summary>
    private const double LeastOverlap = 0.1;

    private readonly List<Track> _tracks = [];
    private readonly List<RegionTrack> _ended = [];

    /// <summary>Pictures that have to be observed after one before it is known what to cover in it.</summary>
    public int Ahead { get; } = 2 * hold;

    /// <summary>In order of time.</summary>
    public IEnumerable<RegionTrack> Tracks => _ended
        .Concat(_tracks.Where(track => track.Shown is not null).Select(Describe))
        .OrderBy(track => track.First);

    /// <summary>One picture after the other.</summary>
    public void Observe(long picture, IReadOnlyList<(PixelBox Box, float Confidence)> found)
    {
        var pairs = new List<(double Overlap, Track Track, int Found)>();
        for (var i = 0; i < found.Count; i++)
        {
            var box = found[i].Box.Grown(0.25);
            foreach (var track in _tracks.Where(track => picture - track.Points[^1].Picture <= Ahead))
            {
                var overlap = track.Points[^1].Box.Grown(0.25).Overlap(box);
                if (overlap >= LeastOverlap)
                    pairs.Add((overlap, track, i));
            }
        }

        var taken = new HashSet<int>();
        foreach (var (_, track, i) in pairs.OrderByDescending(pair => pair.Overlap))
        {
            if (track.Points[^1].Picture < picture && taken.Add(i))
                track.Add(picture, found[i].Box, found[i].Confidence);
        }

        for (var i = 0; i < found.Count; i++)
        {
            if (taken.Contains(i))
                continue;
            var begun = new Track(found[i].Box);
            begun.Add(picture, found[i].Box, found[i].Confidence);
            _tracks.Add(begun);
        }
    }

    /// <summary>What is to be covered; each picture once, in order, when <see cref="Ahead"/> more were observed or there
    /// are no more.</summary>
    public void Cover(long picture, ICollection<PixelBox> regions)
    {
        foreach (var track in _tracks)
        {
            if (track.Confidence < certain || Place(track.Points, picture) is not { } box)
                continue;
            regions.Add(box);
            track.Shown = (track.Shown?.First ?? picture, picture);
        }

        foreach (var over in _tracks.Where(track => picture > track.Points[^1].Picture + Ahead && track.Shown is not null))
            _ended.Add(Describe(over));
        _tracks.RemoveAll(track => picture > track.Points[^1].Picture + Ahead);
    }

    /// <summary>Null: nothing is near.</summary>
    private PixelBox? Place(List<(long Picture, PixelBox Box)> points, long picture)
    {
        // Once passed, points are of no more use but for the last of them.
        while (points.Count > 1 && points[1].Picture <= picture)
            points.RemoveAt(0);
        var (at, box) = points[0];
        if (picture <= at || points.Count == 1)
        {
            var distance = Math.Abs(picture - at);
            return distance <= hold ? box.Grown(margin + (Drift * distance / hold)) : null;
        }

        var (next, there) = points[1];
        return box.Towards(there, (double)(picture - at) / (next - at)).Grown(margin);
    }

    private static RegionTrack Describe(Track track) => new(
        track.Shown!.Value.First,
        track.Shown.Value.Last,
        track.Detections,
        track.Confidence,
        track.Begin,
        track.Points[^1].Box,
        track.Area);

    private sealed class Track(PixelBox begin)
    {
        public List<(long Picture, PixelBox Box)> Points { get; } = [];

        public PixelBox Begin { get; } = begin;

        public PixelBox Area { get; private set; } = begin;

        public float Confidence { get; private set; }

        public long Detections { get; private set; }

        public (long First, long Last)? Shown { get; set; }

        public void Add(long picture, PixelBox box, float confidence)
        {
            Points.Add((picture, box));
            Area = Area.With(box);
            Confidence = Math.Max(Confidence, confidence);
            Detections++;
        }
    }
}
