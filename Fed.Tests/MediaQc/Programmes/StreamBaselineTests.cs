using Fed.MediaQc.Features;
using Fed.MediaQc.Files;
using Fed.MediaQc.Programmes;

namespace Fed.Tests.MediaQc.Programmes;

public sealed class StreamBaselineTests
{
    private static readonly ProgrammeStreams s_streams = SampleStreams.Make(40, 6);

    [Theory]
    [InlineData(Modality.Sound, 0.3)]
    [InlineData(Modality.Sound, -1.4)]
    [InlineData(Modality.Picture, 0.2)]
    [InlineData(Modality.Picture, -0.9)]
    [InlineData(Modality.Cues, 0.4)]
    [InlineData(Modality.Cues, -2.5)]
    [InlineData(Modality.Cues, 0)]
    public void Classify_StreamsDisplacedByAKnownTime_SaysWhich(Modality stream, double seconds)
    {
        var displacement = new Displacement(stream, seconds);

        var rules = new StreamBaseline(PairShifts.Measure(Map(Displacement.None)), 0.08, 0.8, 0.05);

        Assert.Equal(displacement.Label(), rules.Classify(Map(displacement)));
    }

    [Fact]
    public void Fit_StretchesOfAllClasses_TellsThemApart()
    {
        var random = new Random(1);
        var labels = Enum.GetValues<StreamClass>().SelectMany(label => Enumerable.Repeat(label, 6)).ToArray();
        var maps = labels.SelectMany(label => Map(Displacement.Draw(label, random))).ToArray();
        var set = new PatchSet(
            "test", ProgrammeFeatures.Name, ProgrammeFeatures.StoredShape, StreamClasses.Names, ["one"],
            Array.ConvertAll(labels, label => (byte)label), new byte[labels.Length], new ushort[labels.Length], maps);

        var fitted = StreamBaseline.Fit([set]);

        Assert.InRange(fitted.Accuracy(set), 0.8, 1);
        Assert.True(fitted.Accuracy(set) > (fitted with { Off = 4 }).Accuracy(set));
    }

    [Fact]
    public void Fit_NothingInSync_IsRefused() =>
        Assert.Throws<ArgumentException>(() => StreamBaseline.Fit([]));

    private static byte[] Map(Displacement displacement)
    {
        var map = new byte[ProgrammeFeatures.Length];
        ProgrammeFeatures.Extract(s_streams.Displaced(displacement), 5, 90, map);
        return map;
    }
}
