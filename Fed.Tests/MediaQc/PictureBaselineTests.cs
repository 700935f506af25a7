using Fed.MediaQc.Files;
using Fed.MediaQc.Features;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;

namespace Fed.Tests.MediaQc;

public sealed class PictureBaselineTests
{
    [Fact]
    public void Measure_EachFault_RaisesItsOwnMeasurement()
    {
        var random = new Random(3);
        var clean = Measure(Textured);

        foreach (var (fault, level) in new (string, Func<int, int, int, double>)[]
        {
            // Steps of 20 levels on the coding grid.
            (QcClasses.Blocking, (x, y, t) => Textured(x, y, 0) + 20 * ((x / 8 + y / 8) % 2)),
            (QcClasses.Blur, (x, y, t) => 128 + 60 * Math.Sin((x + y + 2 * t) / 12.0)),
            (QcClasses.Banding, (x, y, t) => 100 + (x + t) / 8 * 4),
            (QcClasses.Freeze, (x, y, t) => Textured(x, y, t - (t % 3 == 2 ? 1 : 0))),
            (QcClasses.Field, (x, y, t) => Textured(x + 5 * (y % 2), y, t)),
            (QcClasses.Noise, (x, y, t) => Textured(x, y, t) + random.Next(-15, 16)),
            (QcClasses.Flicker, (x, y, t) => Textured(x, y, t) * (1 + 0.08 * (t % 2))),
        })
        {
            var label = QcClasses.Index(fault);
            var measured = Measure(level)[label];

            Assert.True(measured > clean[label], $"{fault}: {measured} after {clean[label]}");
        }
    }

    [Fact]
    public void Measure_AnEcho_RaisesItsOwnMeasurement()
    {
        var ghosting = QcClasses.Index(QcClasses.Ghosting);

        var grain = new byte[80 * 64];
        new Random(2).NextBytes(grain);
        double Pixel(int x, int y) => 60 + grain[y * 80 + x + 16] / 4.0;

        var before = Measure((x, y, _) => Pixel(x, y))[ghosting];
        var after = Measure((x, y, _) => 0.65 * Pixel(x, y) + 0.35 * Pixel(x - 9, y))[ghosting];

        Assert.True(after > before + 20, $"{after} after {before}");
    }

    [Fact]
    public void FixedThresholds_OnHeldOutPictures_AreBetterThanChance_AndWorseThanTheModelIsSaidToBe()
    {
        var data = DataFolder.Open(Path.Combine(Repository.Root, "data", "media-qc"));
        var rules = PictureBaseline.Fit(
            [.. data.Participants.Select(one => FqcFile.Read(Path.Combine(one.Directory, "validation.fqc")))]);

        var held = data.Clusters.Select(data.TestSamples).ToList();

        Assert.InRange(held.Average(rules.Accuracy), 0.4, 0.75);
        Assert.All(held, set => Assert.Equal(set.Count, rules.Confusion(set).Cast<int>().Sum()));
    }

    private static double[] Measure(Func<int, int, int, double> level) =>
        PictureBaseline.Measure(SampleRegions.Maps(level));

    private static double Textured(int x, int y, int t) => SampleRegions.Textured(x, y, t);
}
