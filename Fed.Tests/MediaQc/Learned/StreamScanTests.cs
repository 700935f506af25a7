using Fed.MediaQc.Cues;
using Fed.MediaQc.Scan;
using Fed.Tests.MediaQc.Cues;
using Fed.Tests.MediaQc.Scan;

namespace Fed.Tests.MediaQc.Learned;

/// <summary>The shipped model of programmes in a scan: sound, cuts and subtitles of a film of a minute and a half, in
/// which every second stretch of speech begins with a cut.</summary>
public sealed class StreamScanTests : IDisposable
{
    private const int Rate = 25;

    private static readonly CheckInfo s_streams = new("learned.streams", "", "");

    private static readonly (double Start, double End)[] s_speech = SyntheticSpeech.Stretches(30, seed: 5);

    private static readonly TimedCue[] s_cues = SyntheticSpeech.Cues(s_speech);

    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [FfmpegFact]
    public async Task Scan_StreamsInSync_Pass()
    {
        var report = await ScanAsync(await FilmAsync(picturesLate: 0, s_cues));

        report.AssertPassed(s_streams);
        Assert.Equal(["programme-qc"], report.Models.Select(model => model.Task));
    }

    [FfmpegFact]
    public async Task Scan_PicturesThatComeLate_SaysByHowMuch()
    {
        var report = await ScanAsync(await FilmAsync(picturesLate: 0.6, s_cues));

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

        var report = await ScanAsync(await FilmAsync(picturesLate: 0, early));

        Assert.Equal(-1.2, report.Of(s_streams).Measured!.Value, 0.1);
        Assert.StartsWith(
            "the cues come 1.", Assert.Single(report.Of(s_streams).Findings).Message, StringComparison.Ordinal);
    }

    [FfmpegFact]
    public async Task Scan_SubtitlesOfAnotherFilm_CannotTell()
    {
        var others = SyntheticSpeech.Cues(SyntheticSpeech.Stretches(30, seed: 9));

        var report = await ScanAsync(await FilmAsync(picturesLate: 0, others));

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
        await _media.WriteCuesAsync("film.srt", SyntheticSpeech.Cues(SyntheticSpeech.Stretches(40, seed: 3)[..cues]));

        var report = await ScanAsync(await _media.MakeAsync("film.mkv", arguments));

        report.AssertNotApplicable(s_streams, reason);
    }

    private static async Task<ScanReport> ScanAsync(string film)
    {
        using var models = TestModels.ForScan(
            await File.ReadAllBytesAsync(Repository.PathOf("data", "models", "programme-qc.onnx")));
        return await new MediaScanner(ScanProfile.Read("technical"), models, TimeProvider.System)
            .ScanAsync(film, null, CancellationToken.None);
    }

    /// <summary>Pictures of noise, another one from each cut on: 0.06 s before the first sound.</summary>
    private async Task<string> FilmAsync(double picturesLate, IEnumerable<TimedCue> cues)
    {
        var sound = await _media.SpeakAsync("sound.wav", s_speech);
        await _media.WriteCuesAsync("film.srt", cues);
        var cuts = s_speech.Where((_, i) => i % 2 == 0).Select(one => one.Start - 0.06 + picturesLate).ToArray();
        var pictures = new byte[(int)(Rate * (s_speech[^1].End + 2)) * 96 * 64];
        foreach (var (i, picture) in pictures.Chunk(96 * 64).Index())
        {
            var shot = cuts.Count(cut => cut <= (double)i / Rate);
            new Random(shot).NextBytes(picture);
            picture.CopyTo(pictures, i * picture.Length);
        }

        await File.WriteAllBytesAsync(_media.PathOf("pictures.gray"), pictures);
        return await _media.MakeAsync(
            "film.mkv",
            $"-f rawvideo -pix_fmt gray -s 96x64 -r {Rate} -i pictures.gray -i {sound} -pix_fmt yuv420p -c:v ffv1 -c:a flac");
    }
}
