using Fed.MediaQc.Learned;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Scan;
using Fed.Tests.MediaQc.Scan;

namespace Fed.Tests.MediaQc.Learned;

/// <summary>Models look at films that ffmpeg decodes, at the pictures that are there and at their times.</summary>
public sealed class LearnedScanTests : IDisposable
{
    private static readonly CheckInfo s_noise = new("learned.noise", "share", "");

    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [FfmpegTheory]
    [InlineData("bright.mp4", "-c:v libx264 -pix_fmt yuv420p")]
    [InlineData("bright.mkv", "-c:v ffv1 -pix_fmt yuv422p10le")]
    [InlineData("bright.mov", "-c:v prores_ks -pix_fmt yuva444p10le")]
    [InlineData("bright.avi", "-c:v ffv1 -pix_fmt bgr0")]
    public async Task Scan_BrightSecondsOfAFilm_AreFoundByAModelOfBrightness(string name, string encoder)
    {
        // Luma about 60, then from second 2 to 5 about 180, both with detail.
        var film = await _media.MakeAsync(
            name,
            "-f lavfi -i nullsrc=s=200x168:r=25:d=7,format=yuv444p,geq=lum=mod(X*7+Y*13+N\\,40)+40+120*between(T\\,2\\,4.99):cb=128:cr=128 "
            + encoder);

        var report = await ScanAsync(film, TestModels.NoiseAbove(120));

        var finding = report.AssertFound(s_noise, 2, 5, within: 1.05);
        Assert.Equal(1, finding.Measured!.Value, 0.01);
        Assert.InRange(finding.Confidence!.Value, 0.99, 1);
        var model = Assert.Single(report.Models);
        Assert.Equal(("media-qc", "codecs", 12), (model.Task, model.Federation, model.Version));
        Assert.Equal(64, model.Sha256.Length);
    }

    [FfmpegFact]
    public async Task Scan_PicturesOfChangingRate_AreFoundAtTheirTimes()
    {
        // 50 pictures a second, then 10: counted, the bright ones would begin at 3 s.
        var film = await _media.MakeAsync(
            "vfr.mkv",
            "-f lavfi -i nullsrc=s=64x64:r=50:d=8,format=yuv444p,geq=lum=mod(X*7+Y*13+N\\,40)+40+120*gte(T\\,5):cb=128:cr=128,"
            + "select=lt(t\\,2)+not(mod(n\\,5)) -fps_mode vfr -c:v ffv1");

        var report = await ScanAsync(film, TestModels.NoiseAbove(120));

        report.AssertFound(s_noise, 5, 8, within: 2.5);
    }

    [FfmpegTheory]
    [InlineData("small.mkv", "-f lavfi -i testsrc=s=62x64:d=1 -c:v ffv1", "smaller than 64x64")]
    [InlineData("short.mkv", "-f lavfi -i testsrc=s=64x64:d=0.9 -c:v ffv1", "fewer than 25 pictures")]
    [InlineData("sound.wav", "-f lavfi -i sine=d=1", "no pictures")]
    public async Task Scan_WhatCannotBeLookedAt_HasNotPassed(string name, string arguments, string reason)
    {
        var film = await _media.MakeAsync(name, arguments);

        var report = await ScanAsync(film, TestModels.Always(QcClasses.Noise));

        report.AssertNotApplicable(s_noise, reason);
    }

    [FfmpegFact]
    public async Task Scan_BlackPictures_ShowNoFaultWhateverTheModelSays()
    {
        var film = await _media.MakeAsync("black.mkv", "-f lavfi -i color=black:s=64x64:d=3 -c:v ffv1");

        var report = await ScanAsync(film, TestModels.Always(QcClasses.Noise));

        report.AssertPassed(s_noise);
    }

    [FfmpegFact]
    public async Task Scan_ByAProfileWithoutLearnedChecks_DoesNotLook()
    {
        var film = await _media.MakeAsync("film.mkv", "-f lavfi -i testsrc=s=64x64:d=1 -c:v ffv1");
        using var model = TestModels.ForScan(TestModels.Always(QcClasses.Noise));

        var report = await new MediaScanner(
            ScanProfile.Read("technical") with { Learned = null }, model, TimeProvider.System)
            .ScanAsync(film, null, CancellationToken.None);

        Assert.DoesNotContain(report.Checks, check => check.Check.StartsWith("learned.", StringComparison.Ordinal));
    }

    [FfmpegFact]
    public async Task Scan_CancelledWhileItLooks_EndsAndLeavesNothing()
    {
        var film = await _media.MakeAsync("film.mkv", "-f lavfi -i testsrc=s=640x360:d=60 -c:v mpeg4");
        using var model = TestModels.ForScan(TestModels.Always(QcClasses.Noise));
        using var stop = new CancellationTokenSource();
        var scanner = new MediaScanner(ScanProfile.Read("technical"), model, TimeProvider.System);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => scanner.ScanAsync(film, new Stopper(stop), stop.Token));
    }

    /// <summary>At the first sign of progress.</summary>
    private sealed class Stopper(CancellationTokenSource stop) : IProgress<double>
    {
        public void Report(double value) => stop.Cancel();
    }

    private static async Task<ScanReport> ScanAsync(string film, byte[] onnx)
    {
        using var model = TestModels.ForScan(onnx);
        return await new MediaScanner(ScanProfile.Read("technical"), model, TimeProvider.System)
            .ScanAsync(film, null, CancellationToken.None);
    }
}
