using Fed.MediaQc.Features;
using Fed.MediaQc.Files;

namespace Fed.MediaQc.Pipeline;

/// <summary>
/// Fixed thresholds for the video task, without a reference, in the manner of ffmpeg's blockdetect, blurdetect,
/// freezedetect and idet. They see what the model sees.
/// </summary>
public static class PictureBaseline
{
    /// <param name="validation">Of all houses; at least one sample of each class.</param>
    public static FixedThresholds Fit(IReadOnlyList<PatchSet> validation) =>
        FixedThresholds.Fit(validation, QcClasses.Clean, Measure);

    /// <summary>
    /// One measurement a class, by label; more means more of the fault. Blocking: how far steps on the 8-pixel grid
    /// exceed those beside it. Blur: detail by range, negative. Banding: share of pixels equal to their neighbours.
    /// Freeze: how far the stillest eighth of the pictures' changes lies below the middle of them. Field: detail down
    /// above that of one field. Noise: its mask in the quietest cells. Flicker: the middle of the levels' second
    /// differences in time. Ghosting: largest correlation with itself displaced across by 4 pixels and more.
    /// </summary>
    /// <param name="maps">See <see cref="RegionFeatures"/>.</param>
    public static double[] Measure(ReadOnlySpan<byte> maps) =>
    [
        0,
        OnGrid(Of(maps, RegionFeatures.ExcessAcross), RegionFeatures.Side)
            + OnGrid(Of(maps, RegionFeatures.ExcessDown), 1),
        Mean(Of(maps, RegionFeatures.Range)) - Mean(Of(maps, RegionFeatures.Across)) - Mean(Of(maps, RegionFeatures.Down)),
        Mean(Of(maps, RegionFeatures.Flat)),
        Sorted(maps, RegionSeries.Change, 4) - Sorted(maps, RegionSeries.Change, 1),
        Sorted(maps, RegionSeries.Comb, 4),
        Quietest(Of(maps, RegionFeatures.Noise)),
        Sorted(maps, RegionSeries.Level, 4),
        LargestEcho(Of(maps, RegionFeatures.Displaced)),
    ];

    private static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> maps, int map) =>
        maps.Slice(map * RegionFeatures.Map, RegionFeatures.Map);

    private static double Sorted(ReadOnlySpan<byte> maps, int series, int rank) =>
        Of(maps, RegionFeatures.Sorted)[series * RegionFeatures.Side + rank];

    // Phase 0 is the grid's line: that column's values, or that row's.
    private static double OnGrid(ReadOnlySpan<byte> phases, int stride)
    {
        var sum = 0.0;
        for (var i = 0; i < RegionFeatures.Side; i++)
            sum += phases[i * stride];
        return sum / RegionFeatures.Side;
    }

    private static double Mean(ReadOnlySpan<byte> map)
    {
        var sum = 0;
        foreach (var value in map)
            sum += value;
        return (double)sum / map.Length;
    }

    private static double Quietest(ReadOnlySpan<byte> map)
    {
        Span<byte> sorted = stackalloc byte[RegionFeatures.Map];
        map.CopyTo(sorted);
        sorted.Sort();
        return Mean(sorted[..(RegionFeatures.Map / 4)]);
    }

    private static double LargestEcho(ReadOnlySpan<byte> displaced)
    {
        var largest = 0;
        foreach (var value in displaced[3..(RegionFeatures.Map / 2)])
            largest = Math.Max(largest, value);
        return largest;
    }
}
