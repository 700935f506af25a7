using Fed.MediaQc.Cues;
using Fed.MediaQc.Programmes;
using Fed.Tests.MediaQc.Cues;

namespace Fed.Tests.MediaQc.Programmes;

public sealed class ProgrammeFeaturesTests
{
    private static readonly ProgrammeStreams s_streams = SampleStreams.Make(30, 4);

    [Fact]
    public void Extract_AProgramme_IsWhatADirectComputationSays()
    {
        const double from = 12, to = 50;
        var map = Map(s_streams, from, to);

        for (var window = 0; window < 2; window++)
        {
            var width = window == 0 ? 2 : 10;
            for (var row = 0; row < 8; row++)
            {
                for (var bin = 0; bin < 64; bin++)
                {
                    var expected = Math.Clamp(Expected(row, (bin - 32) * width, width, from, to), 0, 1);
                    // 15 steps; a value in the middle of two may fall to either.
                    Assert.InRange(map[(window * 8 + row) * 64 + bin] / 255.0 - expected, -0.034, 0.034);
                }
            }
        }
    }

    [Theory]
    [InlineData(Modality.Sound)]
    [InlineData(Modality.Picture)]
    [InlineData(Modality.Cues)]
    public void Extract_OneStreamDisplaced_MovesItsTwoPairsOnly(Modality stream)
    {
        var inSync = Map(s_streams, 10, 60);
        var moved = Map(s_streams.Displaced(new Displacement(stream, 0.5)), 10, 60);

        for (var pair = 0; pair < 3; pair++)
        {
            var (start, count) = ProgrammeFeatures.Pairs[pair].Rows.GetOffsetAndLength(8);
            var own = (stream, pair) is (Modality.Sound, 2) or (Modality.Picture, 0) or (Modality.Cues, 1);
            var differences = Enumerable.Range(start, count).Sum(row =>
                Enumerable.Range(0, 64).Sum(bin => Math.Abs(inSync[row * 64 + bin] - moved[row * 64 + bin]))) / 255.0;
            // The stretch's ends cut off other events.
            Assert.True(own ? differences < 4 : differences > 6, $"{stream}, pair {pair}: {differences}");
        }
    }

    [Fact]
    public void Extract_NothingInTheStretch_IsAllZero() =>
        Assert.All(Map(s_streams with { Cues = [], Cuts = [] }, 0, 60), value => Assert.Equal(0, value));

    [Fact]
    public void OutputShape_OfAnother_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new ProgrammeFeatures().OutputShape([2, 8, 63]));

    private static byte[] Map(ProgrammeStreams streams, double from, double to)
    {
        var map = new byte[ProgrammeFeatures.Length];
        ProgrammeFeatures.Extract(streams, from, to, map);
        return map;
    }

    /// <param name="lag">Hundredths of a second, as <paramref name="width"/>.</param>
    private static double Expected(int row, int lag, int width, double from, double to)
    {
        var cues = s_streams.Cues;
        var cuts = s_streams.Cuts.Where(cut => cut.Time >= from && cut.Time < to).ToList();
        var starts = cues.Select(cue => cue.Start).Where(time => time >= from && time < to).ToList();
        var ends = cues.Select(cue => cue.End).Where(time => time >= from && time < to).ToList();
        var total = cuts.Sum(cut => cut.Strength);
        return row switch
        {
            0 => starts.Average(time => Level(Frame(time) + lag, width)),
            1 => ends.Average(time => Level(Frame(time) + lag, width)),
            2 => starts.Average(time => Math.Max(0, Rise(Frame(time) + lag + width / 2))),
            3 => cuts.Sum(cut => cut.Strength * Level(Frame(cut.Time) + lag, width)) / total,
            4 => cuts.Sum(cut => cut.Strength * Math.Max(0, Rise(Frame(cut.Time) + lag + width / 2))) / total,
            5 => cuts.Sum(cut => cut.Strength * Math.Max(0, -Rise(Frame(cut.Time) + lag + width / 2))) / total,
            6 => Math.Sqrt(cuts.Sum(cut => cut.Strength * cues.Sum(cue => Near(cue.Start - cut.Time))) / total),
            _ => Math.Sqrt(cuts.Sum(cut => cut.Strength * cues.Sum(cue => Near(cue.End - cut.Time))) / total),
        };

        // A triangle around the bin's middle: 60 ms to either side in the fine window, 100 ms in the wide one.
        double Near(double behind) =>
            Math.Max(0, 1 - Math.Abs(behind - (lag + width / 2.0) / 100) / (width == 2 ? 0.06 : 0.1));
    }

    private static int Frame(double seconds) => (int)Math.Round(100 * seconds);

    private static double Level(int frame, int width) =>
        Enumerable.Range(0, 4).Average(band => Enumerable.Range(frame, width).Average(at =>
            s_streams.Sound.Mean(band, at, at + 1)));

    private static double Rise(int frame) => 2.5 * (Level(frame, 10) - Level(frame - 10, 10));
}
