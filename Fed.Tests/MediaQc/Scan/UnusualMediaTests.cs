using System.Diagnostics;
using Fed.MediaQc.Scan;

namespace Fed.Tests.MediaQc.Scan;

/// <summary>Files that are odd but right are measured; what is damaged is said to be.</summary>
public sealed class UnusualMediaTests : IDisposable
{
    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [FfmpegTheory]
    [InlineData("ten-bit.mkv", "-pix_fmt yuv420p10le -c:v libx265 -x265-params log-level=none")]
    [InlineData("odd.mkv", "-vf scale=161:91 -pix_fmt yuv444p -c:v libx264 -preset ultrafast")]
    [InlineData("alpha.mov", "-pix_fmt yuva444p10le -c:v prores_ks")]
    [InlineData("rotated.mp4", "-metadata:s:v rotate=90 -pix_fmt yuv420p -c:v libx264 -preset ultrafast")]
    [InlineData("variable.mkv", "-vf select=not(eq(mod(n\\,5)\\,3)) -vsync vfr -pix_fmt yuv420p -c:v libx264")]
    [InlineData("interlaced.mpg", "-flags +ilme+ildct -vf tinterlace=4 -c:v mpeg2video -q:v 2")]
    [InlineData("gray.mkv", "-pix_fmt gray -c:v ffv1")]
    [InlineData("palette.gif", "")]
    [InlineData("Größe 100%d pat%03d.mp4", "-pix_fmt yuv420p -c:v libx264 -preset ultrafast")]
    [InlineData("-y concat:a|b.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8")]
    [InlineData("no ending", "-pix_fmt yuv420p -c:v libx264 -preset ultrafast -f matroska")]
    public async Task ScanAsync_OfAnUnusualFile_FindsNothingWrong(string name, string arguments)
    {
        var film = await _media.MakeAsync(name, $"-f lavfi -i '{TestMedia.Pictures}:d=2' {arguments}");

        var report = await TestMedia.ScanAsync(film);

        Assert.Empty(report.AllFindings());
        Assert.Equal(film, report.File);
        report.AssertPassed(Checks.Decode);
        report.AssertPassed(Checks.Freeze);
    }

    [FfmpegTheory]
    [InlineData("late.mp4")]
    [InlineData("late.mkv")]
    [InlineData("late.ts")]
    public async Task ScanAsync_OfAFileWhoseTimeBeginsLate_FindsItWhole(string name)
    {
        var film = await FilmAsync(name, "-output_ts_offset 3600");

        (await TestMedia.ScanAsync(film)).AssertPassed(Checks.Decode);
    }

    [FfmpegFact]
    public async Task ScanAsync_OfACutFile_SaysThatItIs()
    {
        var whole = await FilmAsync("whole.mp4", "-movflags +faststart");
        var bytes = await File.ReadAllBytesAsync(whole);
        await File.WriteAllBytesAsync(_media.PathOf("cut.mp4"), bytes[..(bytes.Length * 2 / 3)]);

        var report = await TestMedia.ScanAsync(_media.PathOf("cut.mp4"));

        Assert.Equal(Severity.Error, report.Worst());
        Assert.Contains(
            report.Of(Checks.Decode).Findings,
            finding => finding.Message.Contains("can be decoded", StringComparison.Ordinal));
    }

    [FfmpegFact]
    public async Task ScanAsync_OfDamagedBytes_SaysWhatTheDecoderComplainsOf()
    {
        var bytes = await File.ReadAllBytesAsync(await FilmAsync("film.mkv"));
        for (var at = bytes.Length / 3; at < bytes.Length * 2 / 3; at += 97)
            bytes[at] ^= 0x55;
        await File.WriteAllBytesAsync(_media.PathOf("bad.mkv"), bytes);

        var decode = (await TestMedia.ScanAsync(_media.PathOf("bad.mkv"))).Of(Checks.Decode);

        Assert.Equal(Verdict.Fail, decode.Verdict);
        Assert.Contains("complains", decode.Findings[0].Message, StringComparison.Ordinal);
        Assert.DoesNotContain(" @ 0x", decode.Findings[0].Message, StringComparison.Ordinal);
    }

    [FfmpegFact]
    public async Task ScanAsync_OfNoMedia_SaysWhy()
    {
        await File.WriteAllTextAsync(_media.PathOf("notes.mp4"), "these are notes");
        await File.WriteAllBytesAsync(_media.PathOf("empty.wav"), []);
        var headless = await FilmAsync("headless.mp4");
        await File.WriteAllBytesAsync(headless, (await File.ReadAllBytesAsync(headless))[..2000]);

        await RefusedAsync("notes.mp4", "ffprobe cannot read it");
        await RefusedAsync("empty.wav", "it is empty");
        await RefusedAsync("headless.mp4", "ffprobe cannot read it");
        await File.WriteAllTextAsync(_media.PathOf("list.mp4"), "#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n");
        await File.WriteAllTextAsync(_media.PathOf("script.mkv"), "ffconcat version 1.0\nfile headless.mp4\n");
        File.CreateSymbolicLink(_media.PathOf("zero.mov"), "/dev/zero");
        await RefusedAsync("list.mp4", "a list of other files (#EXTM3U)");
        await RefusedAsync("script.mkv", "a list of other files (ffconcat)");
        await File.WriteAllTextAsync(_media.PathOf("dash.mp4"), "<?xml version=\"1.0\"?><MPD/>");
        using (var made = Process.Start("mkfifo", _media.PathOf("pipe.mp4")))
            await made.WaitForExitAsync();
        await RefusedAsync("zero.mov", "no file but a device");
        await RefusedAsync("pipe.mp4", "no file but a device or a pipe");
        await RefusedAsync("dash.mp4", "a list of other files (XML)");
        await RefusedAsync("missing.mov", "there is no such file");
        await RefusedAsync("", "it is a folder");
    }

    [FfmpegFact]
    public async Task ScanAsync_WithSubtitlesBesideThatCannotBeRead_ReportsThemAndTheFilm()
    {
        var film = await FilmAsync("film.mkv");
        await File.WriteAllTextAsync(_media.PathOf("film.ttml"), "no xml");

        var report = await TestMedia.ScanAsync(film);

        report.AssertPassed(Checks.Freeze);
        Assert.StartsWith(
            "it is no TTML", Assert.Single(report.Of(SubtitleRules.Syntax).Findings).Message, StringComparison.Ordinal);
    }

    [FfmpegFact]
    public async Task ScanAsync_OfFineLinesThatMove_DoesNotCallThemInterlaced()
    {
        var film = await _media.MakeAsync(
            "lines.ts", "-f lavfi -i testsrc2=s=640x360:r=25:d=3 -pix_fmt yuv420p -c:v libx264 -preset ultrafast");

        (await TestMedia.ScanAsync(film)).AssertPassed(Checks.FieldOrder);
    }

    [Fact]
    public void FilesIn_WithALinkInACircle_NamesEachFileOnce()
    {
        Directory.CreateDirectory(_media.PathOf("below"));
        File.WriteAllText(_media.PathOf("below/a.srt"), "");
        Directory.CreateSymbolicLink(_media.PathOf("below/up"), _media.Folder);

        Assert.Equal(
            [_media.PathOf("below/a.srt")],
            MediaScanner.FilesIn(_media.Folder, refused => Assert.Fail(refused.Message)).Select(file => file.Path));
    }

    [FfmpegFact]
    public async Task ScanAsync_WhenCancelled_LeavesNothingBehind()
    {
        var film = await FilmAsync("film.mp4");
        using var cancel = new CancellationTokenSource();
        var scanner = new MediaScanner(ScanProfile.Read("technical"), models: null, TimeProvider.System);

        var scan = scanner.ScanAsync(film, null, cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scan);
        Assert.Empty(Leftovers());

        string[] Leftovers() =>
        [
            .. Directory.GetDirectories(Path.GetTempPath(), "fed-scan-*").SelectMany(Directory.GetFiles)
                .Where(link => File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName == film),
        ];
    }

    private Task<string> FilmAsync(string name, string arguments = "") => _media.MakeAsync(
        name,
        $"-f lavfi -i '{TestMedia.Pictures}:d=6' -pix_fmt yuv420p -c:v libx264 -preset ultrafast {arguments}");

    private async Task RefusedAsync(string name, string reason)
    {
        var refused = await Assert.ThrowsAsync<ScanException>(() => TestMedia.ScanAsync(_media.PathOf(name)));
        Assert.StartsWith(_media.PathOf(name), refused.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }
}
