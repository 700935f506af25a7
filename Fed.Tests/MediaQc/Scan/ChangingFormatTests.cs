using Fed.MediaQc.Learned;
using Fed.MediaQc.Scan;
using Fed.Tests.MediaQc.Learned;

namespace Fed.Tests.MediaQc.Scan;

/// <summary>Broadcasts whose pictures and sound change their format on the way: what came before is measured too.
/// </summary>
public sealed class ChangingFormatTests : IDisposable
{
    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [FfmpegFact]
    public async Task Scan_PicturesThatChangeTheirSize_AreMeasuredFromTheBeginning()
    {
        // Black from 0.5 to 3 s, and from 3.5 s to where the size changes.
        var film = await JoinAsync(
            Pictures("320x240", "drawbox=c=black:t=fill:enable=between(t\\,0.5\\,2.99)+gte(t\\,3.5)"),
            Pictures("160x120", "null"));

        var report = await ScanAsync(film);

        var black = report.Of(Checks.Black).Findings;
        Assert.Equal(2, black.Count);
        Assert.Equal((0.5, 3), (Math.Round(black[0].Start, 1), Math.Round(black[0].End, 1)));
        Assert.Equal((3.5, 6), (Math.Round(black[1].Start, 1), Math.Round(black[1].End, 1)));
        Assert.Equal(12, report.Of(new CheckInfo("learned.noise", "", "")).Findings[^1].End, 0.5);
        // Nothing is found of the others, in pictures that are not as they were when they were coded.
        var blocking = report.Of(new CheckInfo("learned.blocking", "", ""));
        Assert.Equal(Verdict.NotApplicable, blocking.Verdict);
        Assert.Contains("the pictures change their size or format at 6.0 s", blocking.Reason, StringComparison.Ordinal);
    }

    [FfmpegFact]
    public async Task Scan_SoundThatChangesItsChannels_IsOneProgramme()
    {
        // EBU Tech 3341, test signal 3, of -36, -23 and -36 dBFS, cut where its channels change. A tone in two of six
        // channels is as loud as in stereo.
        var film = await JoinAsync(Tone(-36, 10, "stereo"), Tone(-23, 60, "5.1"), Tone(-36, 10, "stereo"));

        var report = await ScanAsync(film);

        Assert.Equal(-23, report.Of(Checks.Loudness).Measured!.Value, 0.1);
        // The codec overshoots where a tone begins.
        Assert.InRange(report.Of(Checks.TruePeak).Measured!.Value, -23, -20);
        Assert.Equal(13, report.Of(Checks.LoudnessRange).Measured!.Value, 0.5);
    }

    [FfmpegFact]
    public async Task Integrated_OfOneFormat_IsWhatFfmpegIntegrates()
    {
        var film = await _media.MakeAsync(
            "t.wav",
            "-f lavfi -i aevalsrc=(0.02+0.3*between(mod(t\\,7)\\,2\\,4))*sin(2*PI*(300+40*t)*t):s=48000:d=40 -c:a pcm_s16le");
        var input = InputLink.To(film);
        using (input)
        {
            var media = await MediaFile.ProbeAsync(film, CancellationToken.None);
            using var pass = new SignalPass(media, ScanProfile.Read("ebu-r128"), models: null, hasCues: false, input.Folder);
            await pass.RunAsync(input, null, CancellationToken.None);
            var (momentary, shortTerm) = (new MeterReadings(0.4), new MeterReadings(3));
            double? integrated = null, range = null;
            foreach (var line in pass.Read("audio0"))
            {
                if (line.Key == "r128.M")
                    momentary.Add(line, 0.1);
                if (line.Key == "r128.S")
                    shortTerm.Add(line, 0.1);
                integrated = line.Key == "r128.I" ? line.Value : integrated;
                range = line.Key == "r128.LRA" ? line.Value : range;
            }

            Assert.Equal(integrated!.Value, ProgrammeLoudness.Integrated(momentary.Values)!.Value, 0.1);
            Assert.Equal(range!.Value, ProgrammeLoudness.Range(shortTerm.Values)!.Value, 0.3);
        }
    }

    private static string Pictures(string size, string filter) =>
        $"-f lavfi -i nullsrc=s={size}:r=25:d=6,format=yuv420p,geq=lum=mod(X*7+Y*13+N\\,40)+160:cb=128:cr=128,{filter} "
        + "-c:v mpeg2video -q:v 2";

    private static string Tone(double decibels, double seconds, string layout) =>
        $"-f lavfi -i {TestMedia.Tone(decibels, seconds)} -af aformat=channel_layouts=stereo,pan={layout}|c0=c0|c1=c1 "
        + "-c:a ac3 -b:a 448k";

    /// <summary>As transport streams are cut: one after the other, in one clock.</summary>
    private async Task<string> JoinAsync(params string[] parts)
    {
        var film = _media.PathOf("film.ts");
        await using var joined = File.Create(film);
        var at = 0.0;
        foreach (var part in parts)
        {
            var path = await _media.MakeAsync("part.ts", FormattableString.Invariant($"{part} -output_ts_offset {at}"));
            at += (await MediaFile.ProbeAsync(path, CancellationToken.None)).Duration;
            await joined.WriteAsync(await File.ReadAllBytesAsync(path));
        }

        return film;
    }

    private static async Task<ScanReport> ScanAsync(string film)
    {
        using var model = TestModels.ForScan(TestModels.NoiseAbove(120));
        var profile = ScanProfile.Read("netflix-like") with { LoudnessRange = new(Severity.Warning, Maximum: 20) };
        return await new MediaScanner(profile, model, TimeProvider.System)
            .ScanAsync(film, null, CancellationToken.None);
    }
}
