using Fed.MediaQc.Cues;
using Fed.MediaQc.Scan;
using Fed.Tests.MediaQc.Cues;
using Fed.Tests.MediaQc.Scan;

namespace Fed.Tests.MediaQc.Learned;

/// <summary>The shipped model of cues in a scan: subtitles inside and beside a file against its sound.</summary>
public sealed class CueScanTests : IDisposable
{
    private static readonly CheckInfo s_sync = new("learned.sync", "", "");

    private static readonly CheckInfo s_cues = new("learned.cues", "", "");

    private static readonly (double Start, double End)[] s_speech = SyntheticSpeech.Stretches(40, seed: 3);

    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [FfmpegFact]
    public async Task Scan_SubtitlesInSync_Pass()
    {
        await WriteAsync("film.srt", cue => cue);

        var report = await ScanAsync(await FilmAsync("film.wav"));

        report.AssertPassed(s_sync);
        Assert.Equal(["subtitle-qc"], report.Models.Select(model => model.Task));
    }

    [FfmpegFact]
    public async Task Scan_SubtitlesThatComeEarly_SaysByHowMuch()
    {
        await WriteAsync("film.srt", cue => cue with { Start = cue.Start - 2.5, End = cue.End - 2.5 });

        var report = await ScanAsync(await FilmAsync("film.wav"));

        Assert.Equal(2.5, report.Of(s_sync).Measured!.Value, 0.1);
        var finding = Assert.Single(report.Of(s_sync).Findings);
        Assert.Contains("s too early, confidence 0.", finding.Message, StringComparison.Ordinal);
        Assert.Equal(Severity.Warning, finding.Severity);
    }

    [FfmpegFact]
    public async Task Scan_SubtitlesInsideForAnotherFrameRate_SaysSo()
    {
        var srt = await WriteAsync("cues.srt", cue => cue with { Start = cue.Start * 25 / 24, End = cue.End * 25 / 24 });
        var wave = await FilmAsync("sound.wav");

        var report = await ScanAsync(await _media.MakeAsync(
            "film.mkv", $"-i {wave} -i {srt} -map 0 -map 1 -c:a flac -ar 48000 -ac 2 -c:s srt"));

        Assert.Contains(
            "run at 1.0417 of their speed", Assert.Single(report.Of(s_sync).Findings).Message, StringComparison.Ordinal);
    }

    [FfmpegFact]
    public async Task Scan_SubtitlesOfAnotherFilm_CannotTell()
    {
        var others = SyntheticSpeech.Stretches(40, seed: 9);
        await WriteAsync("film.srt", cue => cue, others);

        var report = await ScanAsync(await FilmAsync("film.wav"));

        report.AssertNotApplicable(s_sync, "the sound does not tell where the cues belong");
        report.AssertNotApplicable(s_cues, "the sound does not tell where the cues belong");
    }

    [FfmpegTheory]
    [InlineData("-f lavfi -i testsrc=s=64x64:d=3 -c:v ffv1", 40, "there is no sound to compare with")]
    [InlineData("-f lavfi -i sine=d=3", 3, "3 cues with text are too few to tell")]
    public async Task Scan_WhatCannotBeCompared_HasNotPassed(string arguments, int cues, string reason)
    {
        await WriteAsync("film.srt", cue => cue, s_speech[..cues]);

        var report = await ScanAsync(await _media.MakeAsync("film.mkv", arguments));

        report.AssertNotApplicable(s_sync, reason);
    }

    private static async Task<ScanReport> ScanAsync(string film)
    {
        using var models = TestModels.ForScan(
            await File.ReadAllBytesAsync(Repository.PathOf("data", "models", "subtitle-qc.onnx")));
        return await new MediaScanner(ScanProfile.Read("technical"), models, TimeProvider.System)
            .ScanAsync(film, null, CancellationToken.None);
    }

    private Task<string> FilmAsync(string name) => _media.SpeakAsync(name, s_speech);

    private Task<string> WriteAsync(
        string name, Func<TimedCue, TimedCue> move, (double Start, double End)[]? speech = null) =>
        _media.WriteCuesAsync(name, SyntheticSpeech.Cues(speech ?? s_speech).Select(move));
}
