using Fed.MediaQc.Audio;
using Fed.MediaQc.Features;

namespace Fed.Tests.MediaQc.Audio;

public sealed class AudioInputsTests
{
    private static readonly int[] s_stored = [2, 32, 32];

    [Fact]
    public void Get_ByItsKey_MakesSixMapsOfSixteenBySixteen() =>
        Assert.Equal([6, 16, 16], FeatureExtraction.Get("audio-v1").OutputShape(s_stored));

    [Fact]
    public void OutputShape_OtherPlanes_AreRefused()
    {
        var error = Assert.Throws<ArgumentException>(() => new AudioInputs().OutputShape([3, 32, 32]));

        Assert.Contains("[2,32,32], not [3,32,32]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Extract_AnyPlanes_AreMeansInTimeAndOfSortedColumns()
    {
        var planes = new byte[2048];
        var random = new Random(1);
        foreach (ref var value in planes.AsSpan())
            value = (byte)random.Next(41);

        var maps = new float[6 * 256];
        new AudioInputs().Extract(planes, s_stored, maps);

        int Mel(int t, int band) => planes[t * 32 + band];
        int Level(int t, int column) => planes[1024 + t * 32 + column];
        int Change(int t, int band) => t == 0 ? 0 : Math.Abs(Mel(t, band) - Mel(t - 1, band));
        foreach (var (map, value, centre, scale) in new (int, Func<int, int, int>, double, double)[]
        {
            (0, Mel, 19, 10), (2, Change, 3, 3), (4, Level, 3.5, 4.5),
        })
        {
            foreach (var (row, column) in new[] { (0, 0), (3, 7), (15, 15) })
            {
                int Sorted(int t, int x) => Enumerable.Range(0, 32).Select(i => value(i, x)).Order().ElementAt(t);
                double Mean(Func<int, int, int> of) => (of(2 * row, 2 * column) + of(2 * row, 2 * column + 1)
                    + of(2 * row + 1, 2 * column) + of(2 * row + 1, 2 * column + 1)) / 4.0;

                var at = row * 16 + column;
                Assert.Equal((Mean(value) - centre) / scale, maps[map * 256 + at], 4);
                Assert.Equal((Mean(Sorted) - centre) / scale, maps[(map + 1) * 256 + at], 4);
            }
        }
    }
}
