using Fed.MediaQc.Audio;
using Fed.MediaQc.Scan;
using Fed.Tests.MediaQc.Scan;

namespace Fed.Tests.MediaQc.Learned;

/// <summary>A model listens to sound that ffmpeg decodes, at the times at which it stands in the file.</summary>
public sealed class SoundScanTests : IDisposable
{
    private static readonly CheckInfo s_noise = new("learned.noise", "probability", "");

    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [FfmpegTheory]
    [InlineData("noisy.wav", "-ac 1")]
    [InlineData("noisy.mp3", "-ac 2 -b:a 128k")]
    [InlineData("noisy.spx", "-ac 1 -ar 16000 -c:a libspeex -b:a 24k")]
    [InlineData("noisy.mkv", "-ac 8 -c:a flac")]
    public async Task Scan_NoisySecondsOfATone_AreFoundByAModelOfNoise(string name, string encoder)
    {
        var film = await _media.MakeAsync(name, $"{Tone(9)} -filter_complex {NoiseBetween(3, 6)} {encoder}");

        var report = await ScanAsync(film, TestModels.NoiseOfSound());

        var finding = report.AssertFound(s_noise, 3, 6, within: 0.8);
        Assert.InRange(finding.Confidence!.Value, 0.9, 1);
        Assert.StartsWith("noise, confidence ", finding.Message, StringComparison.Ordinal);
        Assert.Equal((Severity.Warning, finding.Confidence), (finding.Severity, finding.Measured));
        Assert.Equal("below 0.9 over 2 s", report.Of(s_noise).Limit);
    }

    [FfmpegFact]
    public async Task Scan_NoiseForLessThanTheLimit_IsNoFinding()
    {
        var film = await _media.MakeAsync("burst.wav", $"{Tone(6)} -filter_complex {NoiseBetween(3, 3.6)} -ac 1");

        (await ScanAsync(film, TestModels.NoiseOfSound())).AssertPassed(s_noise);
    }

    [FfmpegFact]
    public async Task Scan_SoundThatBeginsLater_IsFoundWhereItStands()
    {
        var film = await _media.MakeAsync(
            "late.mkv",
            "-f lavfi -i testsrc=s=64x64:d=9 -itsoffset 4 -f lavfi -i anoisesrc=d=4:a=0.3:seed=1 -map 0 -map 1 -c:v ffv1 -c:a flac");

        (await ScanAsync(film, TestModels.NoiseOfSound())).AssertFound(s_noise, 4, 8, within: 0.3);
    }

    [FfmpegFact]
    public async Task Scan_SoundThatChangesItsChannels_IsHeardOnAtItsTime()
    {
        // Transport streams that follow one another in one clock: a tone in stereo, then noise in mono.
        var tone = await _media.MakeAsync("tone.ts", $"{Tone(4)} -ac 2 -c:a mp2");
        var noise = await _media.MakeAsync("noise.ts", "-f lavfi -i anoisesrc=r=48000:d=4:a=0.3:seed=1 -ac 1 -c:a mp2 -output_ts_offset 4");
        var film = _media.PathOf("film.ts");
        await File.WriteAllBytesAsync(film, [.. await File.ReadAllBytesAsync(tone), .. await File.ReadAllBytesAsync(noise)]);

        (await ScanAsync(film, TestModels.NoiseOfSound())).AssertFound(s_noise, 4, 8, within: 0.6);
    }

    [FfmpegTheory]
    [InlineData("silent.mkv", "-f lavfi -i testsrc=s=64x64:d=1 -c:v ffv1", "no sound")]
    [InlineData("short.wav", "-f lavfi -i sine=d=0.9", "less than a second of sound")]
    [InlineData("zeros.wav", "-f lavfi -i anullsrc -t 3", "no second of it speaks")]
    [InlineData("quiet.wav", "-f lavfi -i anoisesrc=d=3:a=0.001", "no second of it speaks")]
    public async Task Scan_WhatCannotBeHeard_HasNotPassed(string name, string arguments, string reason)
    {
        var report = await ScanAsync(await _media.MakeAsync(name, arguments), TestModels.NoiseOfSound());

        report.AssertNotApplicable(s_noise, reason);
    }

    [FfmpegFact]
    public async Task Scan_ByAProfileWithoutALimit_SaysSo()
    {
        var film = await _media.MakeAsync("tone.wav", Tone(2));

        var report = await ScanAsync(film, TestModels.NoiseOfSound(), new Dictionary<string, SoundLimit>());

        report.AssertNotApplicable(s_noise, "the profile has no limit for it in learned.sound");
    }

    [FfmpegFact]
    public async Task Scan_ByThreeModels_NamesThemAll()
    {
        var film = await _media.MakeAsync("film.mkv", $"-f lavfi -i testsrc=s=64x64:d=3 {Tone(3)} -c:v ffv1 -c:a flac");
        using var models = TestModels.ForScan(
            TestModels.NoiseOfSound(), TestModels.Always("noise"), TestModels.OfCues(["ok", "early", "late", "wrong-text", "missing-neighbour"]));

        var report = await new MediaScanner(ScanProfile.Read("technical"), models, TimeProvider.System)
            .ScanAsync(film, null, CancellationToken.None);

        Assert.Equal(["media-qc", "audio-qc", "subtitle-qc"], report.Models.Select(model => model.Task));
        Assert.Equal(
            ["video 0", "audio 1"],
            report.Checks.Where(check => check.Check == s_noise.Name).Select(check => check.Stream));
    }

    private static string Tone(double seconds) => FormattableString.Invariant($"-f lavfi -i sine=r=48000:f=440:d={seconds}");

    private static string NoiseBetween(double from, double to) => FormattableString.Invariant(
        $"anoisesrc=r=48000:d=20:a=0.5:seed=1,volume=enable=not(between(t\\,{from}\\,{to})):volume=0[n];[0:a][n]amix=duration=first:normalize=0");

    private static async Task<ScanReport> ScanAsync(
        string film, byte[] onnx, IReadOnlyDictionary<string, SoundLimit>? limits = null)
    {
        using var models = TestModels.ForScan(onnx);
        var profile = ScanProfile.Read("technical");
        limits ??= AudioClasses.Names.Skip(1).ToDictionary(name => name, _ => new SoundLimit(0.9, 2));
        return await new MediaScanner(
            profile with { Learned = profile.Learned! with { Sound = limits } }, models, TimeProvider.System)
            .ScanAsync(film, null, CancellationToken.None);
    }
}
