using Fed.MediaQc.Cues;
using Fed.MediaQc.Scan;
using Fed.Tests.MediaQc.Cues;
using Fed.Tests.MediaQc.Scan;

namespace Fed.Tests.MediaQc.Learned;

/// <summary>The shipped model of programmes in a scan: sound, cuts and subtitles of a film of a minute and a half, in
/// which every second stretch of speech begins with a cut.</summary>
public sealed class StreamScanTests(StreamScanTests.Films films) : IClassFixture<StreamScanTests.Films>
{

    private static readonly CheckInfo s_streams = new("learned.streams", "", "");

    private static readonly (double Start, double End)[] s_speech = SyntheticSpeech.Stretches(30, seed: 5);

    private static readonly TimedCue[] s_cues = SyntheticSpeech.Cues(s_speech);

    [FfmpegFact]
    public async Task Scan_StreamsInSync_Pass()
    {
        var report = await ScanAsync("film.mkv", s_cues);

        report.AssertPassed(s_streams);
        Assert.Equal(["programme-qc"], report.Models.Select(model => model.Task));
    }

    [FfmpegFact]
    public async Task Scan_PicturesThatComeLate_SaysByHowMuch()
    {
        var report = await ScanAsync("late.mkv", s_cues);

        Assert.Equal(0.6, report.Of(s_streams).Measured!.Value, 0.1);
        var finding = Assert.Single(report.Of(s_streams).Findings);
        Assert.StartsWith("the pictures come 0.", finding.Message, StringComparison.Ordinal);
        Assert.Contains(" s too late for the two others, confidence ", finding.Message, StringComparison.Ordinal);
        Assert.Equal(Severity.Warning, finding.Severity);
    }

    [FfmpegFact]
    public async Task Scan_CuesThatComeEarly_SaysByHowMuch()
    {
        var early = s_cues.Select(cue => cue with { Start = cue.Start - 1.2, End = cue.End - 1.2 });

        var report = await ScanAsync("film.mkv", early);

        Assert.Equal(-1.2, report.Of(s_streams).Measured!.Value, 0.1);
        Assert.StartsWith(
            "the cues come 1.", Assert.Single(report.Of(s_streams).Findings).Message, StringComparison.Ordinal);
    }

    [FfmpegFact]
    public async Task Scan_SubtitlesOfAnotherFilm_CannotTell()
    {
        var others = SyntheticSpeech.Cues(SyntheticSpeech.Stretches(30, seed: 9));

        var report = await ScanAsync("film.mkv", others);

        report.AssertNotApplicable(s_streams, "cuts, sound and cues do not tell how they belong together");
    }

    [FfmpegTheory]
    [InlineData("-f lavfi -i testsrc=s=64x64:d=3 -c:v ffv1", 40, "there is no sound to compare with")]
    [InlineData("-f lavfi -i sine=d=3", 40, "there are no pictures to compare with")]
    [InlineData("-f lavfi -i testsrc=s=64x64:d=3 -f lavfi -i sine=d=3 -c:v ffv1", 3, "3 cues with text are too few")]
    [InlineData("-f lavfi -i testsrc=s=64x64:d=3 -f lavfi -i sine=d=3 -c:v ffv1", 20, "3 s are too short to tell")]
    [InlineData("-f lavfi -i color=s=64x64:d=31:r=5 -f lavfi -i sine=d=31 -c:v ffv1", 20, "the pictures have no cut")]
    public async Task Scan_WhatCannotBeCompared_HasNotPassed(string arguments, int cues, string reason)
    {
        await films.Media.MakeAsync("short.mkv", arguments);

        var report = await ScanAsync(
            "short.mkv", SyntheticSpeech.Cues(SyntheticSpeech.Stretches(40, seed: 3)[..cues]));

        report.AssertNotApplicable(s_streams, reason);
    }

    private async Task<ScanReport> ScanAsync(string film, IEnumerable<TimedCue> cues)
    {
        await films.MadeAsync();
        await films.Media.WriteCuesAsync(Path.ChangeExtension(film, ".srt"), cues);
        using var models = TestModels.ForScan(
            await File.ReadAllBytesAsync(Repository.PathOf("data", "models", "programme-qc.onnx")));
        var shipped = ScanProfile.Read("technical");
        // What is measured besides takes time.
        var profile = new ScanProfile(
            shipped.Name, shipped.Dated, shipped.Source, Learned: shipped.Learned, Subtitles: shipped.Subtitles);
        return await new MediaScanner(profile, models, TimeProvider.System)
            .ScanAsync(films.Media.PathOf(film), null, CancellationToken.None);
    }

    /// <summary><c>film.mkv</c>, and <c>late.mkv</c>, whose pictures come 0.6 s late: noise, another one from each cut
    /// on, 0.06 s before the first sound.</summary>
    public sealed class Films : IDisposable
    {
        private const int Rate = 25, Width = 64, Height = 48;

        private Task? _made;

        internal TestMedia Media { get; } = new();

        /// <summary>By the first test that runs, since ffmpeg may not be there.</summary>
        public Task MadeAsync() => _made ??= MakeAsync();

        public void Dispose() => Media.Dispose();

        private async Task MakeAsync()
        {
            await Media.SpeakAsync("sound.wav", s_speech);
            await MakeAsync("film.mkv", picturesLate: 0);
            await MakeAsync("late.mkv", picturesLate: 0.6);
        }

        private async Task MakeAsync(string name, double picturesLate)
        {
            var cuts = s_speech.Where((_, i) => i % 2 == 0).Select(one => one.Start - 0.06 + picturesLate).ToArray();
            await using (var file = File.Create(Media.PathOf("pictures.gray")))
            {
                var picture = new byte[Width * Height];
                for (var (i, shot) = (0, -1); i < Rate * (s_speech[^1].End + 2); i++)
                {
                    var next = cuts.Count(cut => cut <= (double)i / Rate);
                    if (next != shot)
                        new Random(shot = next).NextBytes(picture);
                    file.Write(picture);
                }
            }

            await Media.MakeAsync(
                name,
                $"-f rawvideo -pix_fmt gray -s {Width}x{Height} -r {Rate} -i pictures.gray -i sound.wav "
                + "-pix_fmt yuv420p -c:v ffv1 -c:a flac");
        }
    }
}
