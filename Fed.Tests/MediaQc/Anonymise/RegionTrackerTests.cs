using Fed.MediaQc.Anonymise;

namespace Fed.Tests.MediaQc.Anonymise;

/// <summary>When and where is covered what was found in single pictures.</summary>
public sealed class RegionTrackerTests
{
    private const int Hold = 5;
    private const double Margin = 0.25;

    private static readonly PixelBox s_box = new(100, 100, 140, 140);

    [Fact]
    public void Cover_OfOneDetection_HoldsBeforeAndAfterAndGrowsWithDistance()
    {
        var covered = Run(40, (20, s_box, 0.9f));

        Assert.Equal(Enumerable.Range(15, 11), Covered(covered));
        // A quarter of 40 on each side at the detection; half of it more, five pictures away.
        Assert.Equal(new PixelBox(90, 90, 150, 150), covered[20]);
        Assert.Equal(new PixelBox(70, 70, 170, 170), covered[15]);
        Assert.Equal(new PixelBox(70, 70, 170, 170), covered[25]);
    }

    [Fact]
    public void Cover_BetweenTwoDetections_FollowsOnAStraightLine()
    {
        var there = new PixelBox(120, 110, 160, 150);

        var covered = Run(40, (10, s_box, 0.9f), (20, there, 0.9f));

        Assert.Equal(Enumerable.Range(5, 21), Covered(covered));
        Assert.Equal(new PixelBox(110, 105, 150, 145).Grown(Margin), covered[15]);
        Assert.Equal(there.Grown(Margin), covered[20]);
    }

    [Fact]
    public void Cover_OfWhatWasNeverCertain_IsNothing() =>
        Assert.Empty(Covered(Run(40, (10, s_box, 0.6f), (12, s_box, 0.6f))));

    [Fact]
    public void Cover_OfWhatIsCertainOnce_IsAlsoWhereItWasOnlyLikely() => Assert.Equal(
        Enumerable.Range(5, 19),
        Covered(Run(40, (10, s_box, 0.6f), (14, s_box, 0.9f), (18, s_box, 0.6f))));

    [Fact]
    public void Cover_AcrossACut_CoversBothPlacesAtOnce()
    {
        var elsewhere = new PixelBox(300, 20, 360, 80);
        var tracker = Track(40, [(10, s_box, 0.9f), (13, elsewhere, 0.9f)]);

        var regions = new List<PixelBox>();
        for (var picture = 0; picture <= 12; picture++)
        {
            regions.Clear();
            tracker.Cover(picture, regions);
        }

        Assert.Equal(2, regions.Count);
        Assert.Contains(regions, region => s_box.Within(1000, 1000) == Common(region, s_box));
        Assert.Contains(regions, region => elsewhere == Common(region, elsewhere));
    }

    [Fact]
    public void Tracks_OfTwoThings_AreTwo()
    {
        var other = new PixelBox(200, 100, 240, 140);
        var tracker = Track(60, [(10, s_box, 0.9f), (10, other, 0.8f), (12, s_box, 0.95f), (12, other, 0.7f), (40, s_box, 0.9f)]);
        for (var picture = 0; picture < 60; picture++)
            tracker.Cover(picture, []);

        Assert.Equal(
            [(5L, 17L, 2L, s_box), (5L, 17L, 2L, other), (35L, 45L, 1L, s_box)],
            tracker.Tracks.Select(track => (track.First, track.Last, track.Detections, track.Area)));
        Assert.Equal([0.95, 0.8, 0.9], tracker.Tracks.Select(track => Math.Round(track.Confidence, 3)));
    }

    /// <summary>Whatever is missed: no picture between two detections that are less than two holds apart is bare.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Cover_OfAMovingThingThatIsMissedAtRandom_LeavesNoPictureBare(int seed)
    {
        var random = new Random(seed);
        PixelBox At(int picture) => new(100 + picture, 50, 150 + picture, 100);
        var seen = new List<(int, PixelBox, float)>();
        for (var picture = 10; picture < 90; picture += random.Next(1, (2 * Hold) + 1))
            seen.Add((picture, At(picture), 0.9f));

        var covered = Run(120, [.. seen]);

        var (first, last) = (seen[0].Item1, seen[^1].Item1);
        Assert.All(
            Enumerable.Range(first, last - first + 1),
            picture => Assert.Equal(At(picture), Common(covered[picture]!.Value, At(picture))));
    }

    private static PixelBox?[] Run(int pictures, params (int Picture, PixelBox Box, float Confidence)[] found)
    {
        var (tracker, covered) = (new RegionTracker(Hold, 0.7f, Margin), new PixelBox?[pictures]);
        for (var picture = 0; picture < pictures + tracker.Ahead; picture++)
        {
            if (picture < pictures)
                tracker.Observe(picture, [.. found.Where(each => each.Picture == picture).Select(each => (each.Box, each.Confidence))]);
            if (picture < tracker.Ahead)
                continue;
            var regions = new List<PixelBox>();
            tracker.Cover(picture - tracker.Ahead, regions);
            covered[picture - tracker.Ahead] = regions.Count > 0 ? Assert.Single(regions) : null;
        }

        return covered;
    }

    private static RegionTracker Track(int pictures, (int Picture, PixelBox Box, float Confidence)[] found)
    {
        var tracker = new RegionTracker(Hold, 0.7f, Margin);
        for (var picture = 0; picture < pictures; picture++)
            tracker.Observe(picture, [.. found.Where(each => each.Picture == picture).Select(each => (each.Box, each.Confidence))]);
        return tracker;
    }

    private static IEnumerable<int> Covered(PixelBox?[] covered) =>
        Enumerable.Range(0, covered.Length).Where(picture => covered[picture] is not null);

    private static PixelBox Common(PixelBox one, PixelBox other) => new(
        Math.Max(one.Left, other.Left),
        Math.Max(one.Top, other.Top),
        Math.Min(one.Right, other.Right),
        Math.Min(one.Bottom, other.Bottom));
}
