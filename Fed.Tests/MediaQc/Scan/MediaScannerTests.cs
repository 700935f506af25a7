using Fed.MediaQc.Scan;

namespace Fed.Tests.MediaQc.Scan;

/// <summary>Faults that are put into real files, and found where they are; and nothing else.</summary>
public sealed class MediaScannerTests : IDisposable
{
    private const string X264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";

    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [FfmpegFact]
    public async Task ScanAsync_OfACleanFilm_PassesEveryCheck()
    {
        var report = await TestMedia.ScanAsync(await _media.MakeAsync(
            "clean.mp4",
            $"-f lavfi -i '{TestMedia.Pictures}:d=4' -f lavfi -i '{TestMedia.Tone(-20, 4)}' {X264} -c:a aac"));

        Assert.All(report.Checks, check => Assert.Equal(Verdict.Pass, check.Verdict));
        Assert.Empty(report.AllFindings());
        Assert.Equal(25, report.FrameRate);
        Assert.InRange(report.Duration, 3.9, 4.1);
        Assert.Contains("ffmpeg version", Assert.Single(report.Tools), StringComparison.Ordinal);
    }

    [FfmpegFact]
    public async Task ScanAsync_OfBlackAndFrozenPictures_FindsBothAlsoAtTheEnd()
    {
        var report = await TestMedia.ScanAsync(await _media.MakeAsync(
            "film.mkv",
            $"-f lavfi -i '{TestMedia.Pictures}:d=9' -vf 'drawbox=c=black:t=fill:enable=between(t\\,2\\,4.5),"
            + $"tpad=stop_mode=clone:stop_duration=3' -c:v ffv1"));

        report.AssertFound(Checks.Black, 2, 4.5);
        // What is black stands still, too.
        Assert.Equal(
            [(2, 4.5), (9, 12)],
            report.Of(Checks.Freeze).Findings.Select(found => (Math.Round(found.Start, 1), Math.Round(found.End, 1))));
        report.AssertNotApplicable(Checks.Silence, "no sound");
    }

    [FfmpegFact]
    public async Task ScanAsync_OfBlackThatIsShorterThanTheLimit_FindsNothing()
    {
        var report = await TestMedia.ScanAsync(await _media.MakeAsync(
            "film.mkv",
            $"-f lavfi -i '{TestMedia.Pictures}:d=6' -vf "
            + "'drawbox=c=black:t=fill:enable=between(t\\,1\\,2.5)+gt(t\\,5)' -c:v ffv1"));

        report.AssertPassed(Checks.Black);
    }

    [FfmpegFact]
    public async Task ScanAsync_OfInterlacedPicturesCalledProgressive_FindsThem()
    {
        var source = "-f lavfi -i 'mandelbrot=s=160x120:r=50:end_pts=40' -t 4";
        var right = await _media.MakeAsync("right.mkv", $"{source} -vf 'tinterlace=4' -r 25 -flags +ilme+ildct "
            + "-c:v mpeg2video -q:v 2 -pix_fmt yuv420p -top 1");
        var wrong = await _media.MakeAsync(
            "wrong.mkv", $"{source} -vf 'tinterlace=4,setfield=prog' -r 25 {X264} -crf 5");
        var progressive = await _media.MakeAsync("progressive.mkv", $"{source} {X264} -crf 5");

        (await TestMedia.ScanAsync(right)).AssertPassed(Checks.FieldOrder);
        (await TestMedia.ScanAsync(progressive)).AssertPassed(Checks.FieldOrder);
        var finding = (await TestMedia.ScanAsync(wrong)).AssertFound(Checks.FieldOrder, 0, 4);
        Assert.Contains("the stream says progressive", finding.Message, StringComparison.Ordinal);
        Assert.Contains("top field first", finding.Message, StringComparison.Ordinal);
    }

    [FfmpegFact]
    public async Task ScanAsync_OfLevelsOutsideR103_FindsWhereAndHowMuch()
    {
        var film = await _media.MakeAsync(
            "levels.mkv",
            "-f lavfi -i 'color=gray:s=160x120:r=25:d=4' "
            + "-vf 'format=yuv420p,geq=lum=if(between(T\\,1\\,2.9)*lt(X\\,16)\\,252\\,120+4*sin(X+T)):cb=128:cr=128' "
            + "-c:v ffv1");

        var finding = (await TestMedia.ScanAsync(film)).AssertFound(Checks.Levels, 1, 3);

        // Sixteen of 160 columns.
        Assert.Equal(0.1, finding.Measured!.Value, 0.005);
    }

    [FfmpegFact]
    public async Task ScanAsync_OfFullRangeOrRgb_DoesNotJudgeLevels()
    {
        var film = await _media.MakeAsync(
            "rgb.mkv", $"-f lavfi -i '{TestMedia.Pictures}:d=1' -pix_fmt rgb24 -c:v ffv1");

        (await TestMedia.ScanAsync(film)).AssertNotApplicable(Checks.Levels, "narrow range");
    }

    [FfmpegTheory]
    [InlineData(-23, Verdict.Pass)]
    [InlineData(-23.2, Verdict.Pass)]
    [InlineData(-22.7, Verdict.Fail)]
    [InlineData(-33, Verdict.Fail)]
    public async Task Loudness_OfTech3341Tones_IsTheirs(double decibels, Verdict verdict)
    {
        // Test signals 1 and 2 of EBU Tech 3341: the reading is that of the tone, within 0.1 LU.
        var tone = await _media.MakeAsync("tone.wav", $"-f lavfi -i '{TestMedia.Tone(decibels, 20)}'");

        var check = (await TestMedia.ScanAsync(tone, "ebu-r128")).Of(Checks.Loudness);

        Assert.Equal(decibels, check.Measured!.Value, 0.1);
        Assert.Equal(verdict, check.Verdict);
    }

    [FfmpegFact]
    public async Task Loudness_OfATonePausedByQuietOnes_IsGated()
    {
        // Test signal 3: -36, -23 and -36 dBFS for 10, 60 and 10 s read -23.
        var parts = "[0][1][2]concat=n=3:v=0:a=1";
        var tone = await _media.MakeAsync(
            "gated.wav",
            $"-f lavfi -i '{TestMedia.Tone(-36, 10)}' -f lavfi -i '{TestMedia.Tone(-23, 60)}' "
            + $"-f lavfi -i '{TestMedia.Tone(-36, 10)}' -filter_complex '{parts}'");

        Assert.Equal(-23, (await TestMedia.ScanAsync(tone, "ebu-r128")).Of(Checks.Loudness).Measured!.Value, 0.1);
    }

    [FfmpegFact]
    public async Task TruePeak_BetweenSamples_IsFound()
    {
        // Like test signal 16 of Tech 3341: fs/4 at 45 degrees, whose samples stay 3 dB below its peaks.
        var tone = await _media.MakeAsync(
            "peak.wav",
            "-f lavfi -i 'aevalsrc=sin(2*PI*12000*t+PI/4):s=48000:d=2' -af volume=1.02,afade=d=0.1 -c:a pcm_s24le");

        var report = await TestMedia.ScanAsync(tone, "ebu-r128");

        Assert.InRange(report.Of(Checks.TruePeak).Measured!.Value, -0.3, 0.4);
        Assert.Equal(Verdict.Fail, report.Of(Checks.TruePeak).Verdict);
    }

    [FfmpegFact]
    public async Task ScanAsync_OfFaultsInSound_FindsEachInItsPlace()
    {
        // Silence at 2-5 s, tops cut at half of full scale and lowered at 6-8 s, one side turned over from 9 s on.
        var source = "0.3*sin(2*PI*330*t)*(1-between(t\\,2\\,5))*(1-between(t\\,6\\,8))"
            + "+between(t\\,6\\,8)*clip(0.9*sin(2*PI*330*t)\\,-0.3\\,0.3)";
        var sound = await _media.MakeAsync(
            "sound.wav", $"-f lavfi -i 'aevalsrc={source}|({source})*(1-2*gte(t\\,9)):s=48000:d=12'");

        var report = await TestMedia.ScanAsync(sound);

        report.AssertFound(Checks.Silence, 2, 5);
        report.AssertFound(Checks.Clipping, 6, 8, within: 0.2);
        report.AssertFound(Checks.Phase, 9, 12, within: 0.2);
        report.AssertPassed(Checks.TruePeak);
        report.AssertNotApplicable(Checks.Black, "no pictures");
    }

    [FfmpegFact]
    public async Task ScanAsync_OfSilenceAlone_CallsLoudnessNotApplicable()
    {
        var sound = await _media.MakeAsync("silent.flac", "-f lavfi -i 'anullsrc=r=44100:cl=mono' -t 3");

        var report = await TestMedia.ScanAsync(sound, "ebu-r128");

        report.AssertNotApplicable(Checks.Loudness, "-70 LUFS");
        report.AssertFound(Checks.Silence, 0, 3);
        report.AssertNotApplicable(Checks.Phase, "this has 1");
    }

    [FfmpegFact]
    public async Task ScanAsync_OfSubtitlesInsideAndBeside_ChecksBothByTheirLanguage()
    {
        await File.WriteAllTextAsync(_media.PathOf("cues.srt"), Cue("A line with its twenty-six", 1, 2.4));
        var film = await _media.MakeAsync(
            "film.mkv",
            $"-f lavfi -i '{TestMedia.Pictures}:d=4' -i cues.srt -map 0 -map 1 {X264} -c:s srt "
            + "-metadata:s:s:0 language=eng");
        await File.WriteAllTextAsync(_media.PathOf("film.de.srt"), Cue("A line with its twenty-six", 1, 2.4));
        await File.WriteAllTextAsync(_media.PathOf("film2.srt"), Cue("of another film", 1, 2));

        var report = await TestMedia.ScanAsync(film);

        // 26 characters in 1.4 s are 18.6 a second: English readers may be asked for 20, others for 17.
        var speed = report.Checks.Where(check => check.Check == SubtitleRules.Speed.Name).ToArray();
        Assert.Equal(["subtitle 1 (eng)", "film.de.srt"], speed.Select(check => check.Stream));
        Assert.Equal([Verdict.Pass, Verdict.Fail], speed.Select(check => check.Verdict));
        Assert.Equal(["film.mkv", "film2.srt"], MediaScanner
            .FilesIn(_media.Folder, refused => Assert.Fail(refused.Message))
            .Select(file => Path.GetFileName(file.Path)).Where(name => name != "cues.srt"));
    }

    private static string Cue(string text, double start, double end) =>
        $"1\n{Time(start)} --> {Time(end)}\n{text}\n";

    private static string Time(double seconds) => TimeSpan.FromSeconds(seconds).ToString(@"hh\:mm\:ss\,fff");
}
