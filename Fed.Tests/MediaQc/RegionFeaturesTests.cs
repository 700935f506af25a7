using Fed.MediaQc.Features;
using Fed.MediaQc.Pipeline;

namespace Fed.Tests.MediaQc;

/// <summary>Maps beside what a region is made of, and beside a plain computation.</summary>
public sealed class RegionFeaturesTests
{
    [Fact]
    public void Series_OfRandomPictures_AreWhatAPlainComputationGives()
    {
        var region = new byte[Region.Length];
        new Random(1).NextBytes(region);
        var series = new float[RegionSeries.Count * Region.Frames];

        RegionSeries.Measure(region, series);

        int At(int t, int i) => region[t * Region.Plane + i];
        const int t = 7, side = Region.Side;
        var all = Enumerable.Range(0, Region.Plane).ToList();
        double Log(double mean) => Math.Log2(1 + 8 * mean);
        double Down(int lines) => Log(all.Where(i => i >= lines * side && i < Region.Plane - lines * side)
            .Average(i => Math.Abs(At(t, i - lines * side) - 2 * At(t, i) + At(t, i + lines * side))));
        var upper = all.Take(Region.Plane / 2).Average(i => At(t, i));
        var lower = all.Skip(Region.Plane / 2).Average(i => At(t, i));
        var expected = new Dictionary<int, double>
        {
            [RegionSeries.Level] = (upper + lower) / 2,
            [RegionSeries.Tilt] = upper - lower,
            [RegionSeries.Change] = Log(all.Average(i => Math.Abs(At(t, i) - At(t - 1, i)))),
            [RegionSeries.ChangeOfTwo] = Log(all.Average(i => Math.Abs(At(t, i) - At(t - 2, i)))),
            [RegionSeries.Bend] = Log(all.Average(i => Math.Abs(At(t, i) - 2 * At(t - 1, i) + At(t - 2, i)))),
            [RegionSeries.Across] = Log(all.Skip(1).SkipLast(1)
                .Average(i => Math.Abs(At(t, i - 1) - 2 * At(t, i) + At(t, i + 1)))),
            [RegionSeries.Down] = Down(1),
            [RegionSeries.Comb] = Down(1) - Down(2),
        };
        Assert.All(expected, one => Assert.Equal(one.Value, RegionSeries.Of(series, one.Key)[t], 1e-3));
    }

    [Fact]
    public void Extract_PlainPictures_SayNothingButTheirLevel()
    {
        var maps = SampleRegions.Maps((_, _, _) => 90);

        Assert.All(SampleRegions.Map(maps, RegionFeatures.Level).ToArray(), value => Assert.Equal(90, value));
        Assert.All(SampleRegions.Map(maps, RegionFeatures.Flat).ToArray(), value => Assert.Equal(255, value));
        foreach (var map in new[] { RegionFeatures.Across, RegionFeatures.Down, RegionFeatures.Change, RegionFeatures.Noise })
            Assert.All(SampleRegions.Map(maps, map).ToArray(), value => Assert.Equal(0, value));
        foreach (var map in new[] { RegionFeatures.Displaced, RegionFeatures.Later, RegionFeatures.ExcessAcross })
            Assert.All(SampleRegions.Map(maps, map).ToArray(), value => Assert.Equal(RegionFeatures.Zero, value));
    }

    [Fact]
    public void Extract_StepsOnTheCodingGrid_StandInTheirPhase()
    {
        var maps = SampleRegions.Maps((x, _, _) => 100 + 20 * (x / 8 % 2));

        var excess = SampleRegions.Map(maps, RegionFeatures.ExcessAcross);
        for (var i = 0; i < excess.Length; i++)
            Assert.Equal(i % 8 == 0, excess[i] > RegionFeatures.Zero + 100);
    }

    [Fact]
    public void Extract_AnEcho_CorrelatesAtItsDisplacement()
    {
        var grain = new byte[80 * 64];
        new Random(2).NextBytes(grain);
        double Pixel(int x, int y) => 60 + grain[y * 80 + x + 16] / 4.0;

        var maps = SampleRegions.Maps((x, y, _) => 0.65 * Pixel(x, y) + 0.35 * Pixel(x - 9, y));

        var across = SampleRegions.Map(maps, RegionFeatures.Displaced)[..32].ToArray();
        // Beside it content is its own neighbour's.
        Assert.Equal(9, 4 + across[3..].Index().MaxBy(one => one.Item).Index);
        Assert.InRange(across[8], RegionFeatures.Zero + 30, 255);
    }

    [Fact]
    public void Extract_LightThatSwings_ShowsInItsPeriod()
    {
        var steady = SampleRegions.Maps((x, y, _) => SampleRegions.Textured(x, y, 0));
        var swinging = SampleRegions.Maps(
            (x, y, t) => SampleRegions.Textured(x, y, 0) * (1 + 0.06 * Math.Sin(Math.Tau * t / 4.0 + 0.5)));

        var (before, after) = (Sorted(steady), Sorted(swinging));
        Assert.All(before.Zip(after).Skip(2), pair => Assert.True(pair.Second > pair.First + 40));
        var later = SampleRegions.Row(swinging, RegionFeatures.Later, RegionSeries.Level);
        Assert.InRange(later[1], 0, RegionFeatures.Zero - 80);
        Assert.InRange(later[3], RegionFeatures.Zero + 80, 255);

        static byte[] Sorted(byte[] maps) => SampleRegions.Row(maps, RegionFeatures.Sorted, RegionSeries.Level);
    }

    [Fact]
    public void Extract_EveryThirdPictureRepeated_ShowsAsStillnessOfThatPeriod()
    {
        var maps = SampleRegions.Maps((x, y, t) => SampleRegions.Textured(x, y, t - (t % 3 == 2 ? 1 : 0)));

        var change = SampleRegions.Row(maps, RegionFeatures.Sorted, RegionSeries.Change);
        Assert.Equal([0, 0], change[..2]);
        Assert.True(change[4] > 80);
        Assert.True(SampleRegions.Row(maps, RegionFeatures.Later, RegionSeries.Change)[2] > RegionFeatures.Zero + 90);
    }

    [Fact]
    public void OutputShape_OfOtherMaps_IsRefused()
    {
        var error = Assert.Throws<ArgumentException>(() => new QcFeatures().OutputShape([3, 32, 32]));

        Assert.Contains("[16,8,8], not [3,32,32]", error.Message, StringComparison.Ordinal);
    }
}
