using Fed.MediaQc.Programmes;

namespace Fed.Tests.MediaQc.Programmes;

public sealed class StreamEstimatorTests
{
    private static readonly ProgrammeStreams s_streams = SampleStreams.Make(45, 9);

    [Theory]
    [InlineData(Modality.Sound, 0.62, StreamVerdict.Unacceptable)]
    [InlineData(Modality.Picture, -0.35, StreamVerdict.Unacceptable)]
    [InlineData(Modality.Cues, 1.8, StreamVerdict.Unacceptable)]
    [InlineData(Modality.Cues, 0, StreamVerdict.InSync)]
    public void Estimate_OneStreamDisplaced_NamesItAndSaysByHowMuch(
        Modality stream, double seconds, StreamVerdict expected)
    {
        var found = Estimate(s_streams.Displaced(new Displacement(stream, seconds)));

        Assert.Equal(expected, found.Verdict);
        Assert.Equal(seconds, found.Displacement.Seconds, 0.05);
        if (seconds != 0)
            Assert.Equal(stream, found.Displacement.Stream);
    }

    [Fact]
    public void Estimate_PicturesOfAnotherProgramme_CannotBeTold()
    {
        var other = SampleStreams.Make(45, 10).Cuts;

        Assert.Equal(StreamVerdict.CannotTell, Estimate(s_streams with { Cuts = other }).Verdict);
    }

    [Fact]
    public void Estimate_NoCuts_CannotBeTold() =>
        Assert.Equal(StreamVerdict.CannotTell, Estimate(s_streams with { Cuts = [] }).Verdict);

    [Theory]
    [InlineData(Modality.Sound, -0.044, StreamVerdict.InSync)]
    [InlineData(Modality.Sound, -0.046, StreamVerdict.Detectable)]
    [InlineData(Modality.Sound, -0.091, StreamVerdict.Unacceptable)]
    [InlineData(Modality.Sound, 0.124, StreamVerdict.InSync)]
    [InlineData(Modality.Sound, 0.126, StreamVerdict.Detectable)]
    [InlineData(Modality.Picture, -0.186, StreamVerdict.Unacceptable)]
    [InlineData(Modality.Picture, 0.05, StreamVerdict.Detectable)]
    [InlineData(Modality.Cues, 0.2, StreamVerdict.InSync)]
    public void Verdict_AtTheLimitsOfTheRecommendation(Modality stream, double seconds, StreamVerdict expected) =>
        Assert.Equal(expected, StreamEstimator.Verdict(new Displacement(stream, seconds)));

    private static StreamFinding Estimate(ProgrammeStreams streams) =>
        new StreamEstimator(new LikenessScorer(s_streams), 60).Estimate(streams);

    /// <summary>A fixed judge: a stretch is in sync as far as its map is like that of the whole programme in
    /// sync.</summary>
    private sealed class LikenessScorer : IStretchScorer
    {
        private readonly byte[] _whole = new byte[ProgrammeFeatures.Length];

        public LikenessScorer(ProgrammeStreams inSync) =>
            ProgrammeFeatures.Extract(inSync, 0, inSync.Sound.Length, _whole);

        public void Score(ReadOnlySpan<byte> maps, Span<float> probabilities)
        {
            var classes = StreamClasses.Names.Count;
            for (var i = 0; i * ProgrammeFeatures.Length < maps.Length; i++)
            {
                var distance = 0.0;
                for (var at = 0; at < _whole.Length; at++)
                    distance += Math.Pow((maps[i * _whole.Length + at] - _whole[at]) / 255.0, 2);
                probabilities[i * classes] = (float)Math.Exp(-distance / 12);
            }
        }
    }
}
