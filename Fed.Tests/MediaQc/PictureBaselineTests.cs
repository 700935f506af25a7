using Fed.MediaQc.Features;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;

namespace Fed.Tests.MediaQc;

public sealed class PictureBaselineTests
{
    private const int Side = 32;

    [Fact]
    public void Measure_EachFault_RaisesItsOwnMeasurement()
    {
        var random = new Random(3);
        var clean = PictureBaseline.Measure(Moving(Textured));

        foreach (var (fault, patch) in new (string, byte[])[]
        {
            // Steps of 20 levels on the coding grid.
            (QcClasses.Blocking, Moving((x, y, t) => Textured(x, y, t) + 20 * ((x / 8 + y / 8) % 2), moves: false)),
            (QcClasses.Blur, Moving((x, y, t) => 128 + 60 * Math.Sin((x + y + 2 * t) / 12.0))),
            (QcClasses.Banding, Moving((x, y, t) => 100 + (x + t) / 8 * 4)),
            (QcClasses.Freeze, Moving(Textured, moves: false)),
            (QcClasses.Field, Moving((x, y, t) => Textured(x + 5 * (y % 2), y, t))),
            (QcClasses.Noise, Moving((x, y, t) => Textured(x, y, t) + random.Next(-15, 16))),
        })
        {
            var label = QcClasses.Index(fault);

            Assert.True(
                PictureBaseline.Measure(patch)[label] > clean[label],
                $"{fault}: {PictureBaseline.Measure(patch)[label]} after {clean[label]}");
        }
    }

    [Fact]
    public void Measure_WhiteNoise_IsItsDeviation()
    {
        var random = new Random(1);
        var patch = Moving((_, _, _) => 128 + 8 * (Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6));

        Assert.InRange(PictureBaseline.Measure(patch)[QcClasses.Index(QcClasses.Noise)], 7, 9);
    }

    [Fact]
    public void FixedThresholds_OnHeldOutPictures_AreBetterThanChance_AndWorseThanTheModelIsSaidToBe()
    {
        var data = DataFolder.Open(Path.Combine(Repository.Root, "data", "media-qc"));
        var rules = PictureBaseline.Fit(
            [.. data.Participants.Select(one => FqcFile.Read(Path.Combine(one.Directory, "validation.fqc")))]);

        var held = data.Clusters.Select(data.TestSamples).ToList();

        Assert.InRange(held.Average(rules.Accuracy), 0.4, 0.65);
        Assert.All(held, set => Assert.Equal(set.Count, rules.Confusion(set).Cast<int>().Sum()));
    }

    private static double Textured(int x, int y, int t) =>
        128 + 30 * Math.Sin((x + 2 * t) * 1.1) + 30 * Math.Cos((y + t) * 0.9);

    private static byte[] Moving(Func<int, int, int, double> level, bool moves = true)
    {
        var patch = new byte[3 * Side * Side];
        for (var i = 0; i < patch.Length; i++)
        {
            var t = moves ? i / (Side * Side) : 0;
            patch[i] = (byte)Math.Clamp(Math.Round(level(i % Side, i / Side % Side, t)), 0, 255);
        }

        return patch;
    }
}
