using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fed.MediaQc.Anonymise;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Plates;
using Fed.MediaQc.Scan;
using Fed.Tests.MediaQc.Plates;
using Fed.Tests.MediaQc.Scan;
using Fed.Tests.Silo.Storage;

namespace Fed.Tests.MediaQc.Anonymise;

/// <summary>Films of a face, made by ffmpeg out of a portrait: what comes out of them.</summary>
public sealed class AnonymiserTests(AnonymiserTests.Films films) : IClassFixture<AnonymiserTests.Films>
{
    private const string Fast = "-c:v libx264 -preset ultrafast";

    [FfmpegFact]
    public async Task Run_OfAFilm_HidesTheFaceAndLeavesTheSound()
    {
        var film = await films.MakeAsync(
            "film.mp4",
            "-vf zoompan=z=1+on/100:d=1:s=320x240:fps=25,format=yuv420p -t 1.2 " + Fast
            + " -c:a aac -metadata location=+52+013/ -metadata artist=Me -metadata creation_time=2024-01-01T00:00:00Z "
            + "-metadata:s:a language=deu -metadata:s:a handler_name=Phone");
        var output = films.PathOf("film.out.mp4");

        var report = await RunAsync(film, output);

        var face = Assert.Single(report.Regions, region => region.Confidence > 0.98);
        Assert.Equal(("face", 0.0, 1.2, "00:00:00:00"), (face.Kind, face.Start, face.End, face.StartTimecode));
        Assert.InRange(face.Detections, 25, 30);
        Assert.Equal((30, 30, "libx264"), (report.Pictures, report.BlurredPictures, report.Encoder!.Name));
        Assert.Equal(Sha256(film), report.InputSha256);
        Assert.Equal(Sha256(output), report.OutputSha256);
        Assert.Empty((await LookAsync(output)).Regions);
        Assert.Equal(await PacketsAsync(film, "a"), await PacketsAsync(output, "a"));
        var said = await ProbeAsync(output, "format_tags:stream_tags");
        Assert.Contains("language=deu", said, StringComparison.Ordinal);
        foreach (var gone in (string[])["location", "Me", "creation_time", "Phone"])
            Assert.DoesNotContain(gone, said, StringComparison.Ordinal);
    }

    [FfmpegTheory]
    [InlineData("ten.mkv", "-vf format=yuv420p10le -c:v libx264 -preset ultrafast -color_trc smpte2084 -color_primaries bt2020 -colorspace bt2020nc")]
    [InlineData("wide.mov", "-vf format=yuv422p10le -c:v prores_ks")]
    [InlineData("odd.mp4", "-vf scale=321:241,setsar=16/15,format=yuv444p " + Fast)]
    [InlineData("fields.mp4", "-vf format=yuv420p,interlace=scan=bff " + Fast + " -flags +ildct+ilme -x264-params bff=1")]
    [InlineData("fields.mpg", "-vf format=yuv420p,interlace=scan=tff -r 25 -c:v mpeg2video -q:v 2 -flags +ildct+ilme -c:a mp2")]
    [InlineData("film.ts", "-vf format=yuv420p " + Fast + " -c:a aac")]
    [InlineData("late.ts", "-vf format=yuv420p " + Fast + " -af asetpts=PTS+0.5/TB -c:a aac")]
    [InlineData("late.mpg", "-vf format=yuv420p -c:v mpeg2video -q:v 2 -af asetpts=PTS+0.5/TB -c:a mp2")]
    [InlineData("late.mkv", "-vf setpts=PTS+0.213/TB,format=yuv420p " + Fast + " -c:a aac -fps_mode passthrough")]
    [InlineData("film.webm", "-vf format=yuv420p -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus")]
    public async Task Run_OfAnyFormat_KeepsItAndHidesTheFace(string name, string arguments)
    {
        var film = await films.MakeAsync(name, $"-t 0.4 {arguments}");
        var output = films.PathOf("out." + name);

        var report = await RunAsync(film, output);

        Assert.NotEmpty(report.Regions);
        Assert.Equal(report.Pictures, report.BlurredPictures);
        Assert.Empty(report.Notes);
        Assert.Empty((await LookAsync(output)).Regions);
        Assert.Equal(await PacketsAsync(film, "a"), await PacketsAsync(output, "a"));
        const string Kept = "stream=codec_name,width,height,pix_fmt,r_frame_rate,field_order,sample_aspect_ratio,"
            + "color_space,color_transfer,color_primaries,channels";
        Assert.Equal(await ProbeAsync(film, Kept), await ProbeAsync(output, Kept));
        Assert.Equal(await LagAsync(film), await LagAsync(output), 0.01);
    }

    [FfmpegFact]
    public async Task Run_OfAFilmThatIsToBeRotated_LooksAtItUprightAndWritesItSo()
    {
        var lying = await films.MakeAsync("lying.mp4", $"-t 0.4 -vf transpose=cclock,format=yuv420p {Fast}");
        var rotated = films.PathOf("rotated.mp4");
        await new Ffmpeg().RunAsync(
            ["-i", Path.GetFileName(lying), "-c", "copy", "-metadata:s:v", "rotate=270", "rotated.mp4"],
            films.Folder,
            CancellationToken.None);

        var report = await RunAsync(rotated, films.PathOf("upright.mp4"));

        Assert.Equal((320, 240), (report.Width, report.Height));
        Assert.Contains("rotate by", Assert.Single(report.Notes), StringComparison.Ordinal);
        Assert.Equal(report.Pictures, report.BlurredPictures);
    }

    [FfmpegFact]
    public async Task Run_OfPicturesAtChangingTimes_MakesThemConstantAndKeepsTheLength()
    {
        var film = await films.MakeAsync(
            "changing.mp4",
            $"-t 1 -vf 'setpts=if(lt(N\\,10)\\,N\\,10+(N-10)*1.7)/25/TB,format=yuv420p' -fps_mode vfr {Fast} -c:a aac");

        var report = await RunAsync(film, films.PathOf("constant.mp4"));

        Assert.Contains("25 a second now", Assert.Single(report.Notes), StringComparison.Ordinal);
        Assert.Equal(await FrameCountAsync(film), report.Pictures, 2.0);
    }

    [FfmpegFact]
    public async Task Run_OfAFileWithMoreInIt_KeepsSubtitlesAndChaptersAndDropsPictures()
    {
        await File.WriteAllTextAsync(films.PathOf("s.srt"), "1\n00:00:00,000 --> 00:00:00,300\nHallo\n");
        await File.WriteAllTextAsync(
            films.PathOf("c.txt"), ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=400\ntitle=eins\n");
        await films.MakeAsync("plain.mkv", $"-t 0.4 -vf format=yuv420p {Fast}");
        await new Ffmpeg().RunAsync(
            [
                "-i", "plain.mkv", "-i", "s.srt", "-i", "c.txt", "-attach", "portrait.jpg",
                "-metadata:s:t", "mimetype=image/jpeg", "-map", "0", "-map", "1", "-map_chapters", "2", "-c", "copy",
                "-metadata:s:s", "language=ger", "more.mkv",
            ],
            films.Folder,
            CancellationToken.None);

        await RunAsync(films.PathOf("more.mkv"), films.PathOf("less.mkv"));

        Assert.Equal(
            "codec_type=video\ncodec_type=audio\ncodec_type=subtitle",
            await ProbeAsync(films.PathOf("less.mkv"), "stream=codec_type"));
        Assert.Contains("language=ger", await ProbeAsync(films.PathOf("less.mkv"), "stream_tags"), StringComparison.Ordinal);
        Assert.Contains("eins", await ProbeAsync(films.PathOf("less.mkv"), "chapter_tags"), StringComparison.Ordinal);
    }

    [FfmpegTheory]
    [InlineData("film.mkv", "subrip", "were written as srt")]
    [InlineData("film.ts", null, "were left out: .ts holds none of the kind")]
    public async Task Run_IntoAContainerOfOtherSubtitles_TurnsThemOrSaysThatTheyAreGone(
        string name, string? codec, string expected)
    {
        await File.WriteAllTextAsync(films.PathOf("t.srt"), "1\n00:00:00,000 --> 00:00:00,300\nHallo\n");
        await films.MakeAsync("bare.mp4", $"-t 0.4 -vf format=yuv420p {Fast} -c:a aac");
        await new Ffmpeg().RunAsync(
            ["-i", "bare.mp4", "-i", "t.srt", "-c", "copy", "-c:s", "mov_text", "texts.mp4"],
            films.Folder,
            CancellationToken.None);
        var output = Path.Combine(films.Empty("texts." + name), name);

        var report = await RunAsync(films.PathOf("texts.mp4"), output);

        Assert.Contains(report.Notes, note => note.Contains(expected, StringComparison.Ordinal));
        Assert.Equal(
            codec is null ? "" : $"codec_name={codec}",
            await ToolAsync(
                "ffprobe", "-v", "error", "-select_streams", "s", "-show_entries", "stream=codec_name", "-of",
                "default=nw=1", output));
    }

    [FfmpegFact]
    public async Task Run_IntoAContainerThatDoesNotHoldTheSound_SaysWhy()
    {
        var film = await films.MakeAsync("aac.mp4", $"-t 0.4 -vf format=yuv420p {Fast} -c:a aac");

        var refused = await Assert.ThrowsAsync<ScanException>(
            () => RunAsync(film, Path.Combine(films.Empty("aac"), "aac.webm")));

        Assert.Contains("Only VP8 or VP9 or AV1 video and Vorbis or Opus audio", refused.Message, StringComparison.Ordinal);
    }

    [FfmpegFact]
    public async Task Run_OfPicturesThatChangeTheirSize_LosesNone()
    {
        await films.MakeAsync("large.m2v", "-t 1 -vf scale=320:240,format=yuv420p -c:v mpeg2video -an");
        await films.MakeAsync("small.m2v", "-t 1 -vf scale=160:120,format=yuv420p -c:v mpeg2video -an");
        byte[] both =
        [
            .. await File.ReadAllBytesAsync(films.PathOf("large.m2v")),
            .. await File.ReadAllBytesAsync(films.PathOf("small.m2v")),
        ];
        await File.WriteAllBytesAsync(films.PathOf("both.m2v"), both);
        await new Ffmpeg().RunAsync(
            ["-fflags", "+genpts", "-i", "both.m2v", "-c", "copy", "both.ts"], films.Folder, CancellationToken.None);

        var report = await LookAsync(films.PathOf("both.ts"));

        Assert.InRange(report.Pictures, 49, 51);
    }

    /// <summary>Whatever room there is, the result is a little larger: the last bytes are lost, or more.</summary>
    [TmpfsFact]
    public async Task Run_OnADiskThatIsFull_WritesNothingAndSaysSo()
    {
        var film = await films.MakeAsync("disk.mkv", $"-t 0.4 -vf format=yuv420p {Fast}");
        var whole = films.PathOf("whole.out.mkv");
        await RunAsync(film, whole);
        foreach (var left in (long[])[new FileInfo(whole).Length - 4096, new FileInfo(whole).Length / 4])
        {
            var folder = films.Empty($"disk{left}");
            using var disk = new Tmpfs(folder, left);

            var refused = await Assert.ThrowsAsync<ScanException>(() => RunAsync(film, Path.Combine(folder, "out.mkv")));

            Assert.Contains("no room is left where", refused.Message, StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        }
    }

    [FfmpegTheory]
    [InlineData("png")]
    [InlineData("jpg")]
    public async Task Run_OfAStillPicture_WritesOne(string ending)
    {
        var still = films.PathOf($"still.{ending}");
        await new Ffmpeg().RunAsync(
            ["-i", "portrait.jpg", Path.GetFileName(still)], films.Folder, CancellationToken.None);
        var output = films.PathOf($"still.out.{ending}");

        var report = await RunAsync(still, output);

        Assert.Equal((1, 1, null), (report.Pictures, report.BlurredPictures, report.FrameRate));
        Assert.Empty((await LookAsync(output)).Regions);
    }

    [FfmpegFact]
    public async Task Run_WithAModelOfPlates_HidesThem()
    {
        using var build = new TinyPlateBuild();
        var plan = build.Plan with { Houses = [build.Plan.Houses[0] with { Camera = TinyPlateBuild.Camera(40) }] };
        var pictures = await new PlatePictures(plan, build.PathOf("."), build.PathOf(".")).MakeAsync(
            PlateShoot.Of(plan.Houses[0], PlatePart.Validation), 384, 256, 4, 5, 2, CancellationToken.None);
        await File.WriteAllBytesAsync(films.PathOf("plates.gray"), [.. pictures.SelectMany(picture => picture.Luma)]);
        await new Ffmpeg().RunAsync(
            ["-f", "rawvideo", "-pix_fmt", "gray", "-s", "384x256", "-r", "1", "-i", "plates.gray", "plates.mkv"],
            films.Folder,
            CancellationToken.None);
        using var anonymiser = new Anonymiser(
            [() => RegionDetectors.Open(Repository.PathOf("data", "models", "plate-qc.onnx"))],
            KnownRegions.None,
            new(Cover.Fill),
            TimeProvider.System);

        var report = await anonymiser.RunAsync(
            films.PathOf("plates.mkv"), films.PathOf("plates.out.mkv"), null, CancellationToken.None);

        Assert.Contains(report.Regions, region => region.Kind == "plate" && region.Confidence >= new AnonymiseOptions().Plates);
        Assert.All(report.Regions, region => Assert.StartsWith("plate-qc ", region.Source, StringComparison.Ordinal));
        Assert.InRange(report.BlurredPictures, 2, 4);
        var after = await anonymiser.RunAsync(films.PathOf("plates.out.mkv"), null, null, CancellationToken.None);
        Assert.True(after.Regions.Count < report.Regions.Count);
    }

    [FfmpegFact]
    public async Task Run_OfAFilmThatIsCutOff_WritesNothing()
    {
        var whole = await films.MakeAsync("whole.mkv", $"-t 1 -vf format=yuv420p {Fast} -g 5");
        var bytes = await File.ReadAllBytesAsync(whole);
        await File.WriteAllBytesAsync(films.PathOf("cut.mkv"), bytes[..(bytes.Length / 2)]);

        var refused = await Assert.ThrowsAsync<ScanException>(
            () => RunAsync(films.PathOf("cut.mkv"), Path.Combine(films.Empty("cut"), "out.mkv")));

        Assert.Contains("decoding broke: [matroska,webm] File ended prematurely", refused.Message, StringComparison.Ordinal);
        Assert.Contains("nothing was written", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(films.PathOf("cut")));
    }

    [FfmpegFact]
    public async Task Run_ThatIsCancelled_LeavesNothing()
    {
        var film = await films.MakeAsync("long.mp4", $"-t 4 -vf format=yuv420p {Fast}");
        using var stop = new CancellationTokenSource();
        using var anonymiser = New(new());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => anonymiser.RunAsync(
            film, Path.Combine(films.Empty("stopped"), "out.mp4"), new Stopper(stop), stop.Token));

        Assert.Empty(Directory.EnumerateFileSystemEntries(films.PathOf("stopped")));
    }

    [FfmpegTheory]
    [InlineData("sound.wav", "out.wav", "it has no pictures")]
    [InlineData("portrait.jpg", "out.mp4", "it is a still picture")]
    [InlineData("portrait.jpg", "out.txt", "files with this ending cannot be written")]
    public async Task Run_OfWhatCannotBe_SaysWhy(string input, string output, string expected)
    {
        await new Ffmpeg().RunAsync(
            ["-f", "lavfi", "-i", "sine=d=0.2", "sound.wav"], films.Folder, CancellationToken.None);

        var refused = await Assert.ThrowsAsync<ScanException>(
            () => RunAsync(films.PathOf(input), films.PathOf(output)));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [FfmpegFact]
    public async Task Run_WithARegionOfAPerson_BlursItWhileItLasts()
    {
        var film = await films.MakeAsync("named.mkv", "-t 1 -vf format=gray -c:v ffv1");
        var output = films.PathOf("named.out.mkv");
        var known = new KnownRegions([new("badge", 0.4, 0.6, [200, 180, 40, 30])], "a person (seen.json)");

        var report = await RunAsync(film, output, new(Cover.Fill, Faces: 1), known);

        var region = Assert.Single(report.Regions);
        Assert.Equal(("badge", 0.4, 0.6, 0L, null), (region.Kind, region.Start, region.End, region.Detections, region.Confidence));
        Assert.Equal("a person (seen.json)", region.Source);
        var (before, after) = (await PicturesAsync(film), await PicturesAsync(output));
        for (var i = 0; i < 25; i++)
        {
            // ffmpeg says of grey pictures that black is 0.
            var black = after[i].AsSpan((200 * 320) + 201, 38).Count((byte)0);
            Assert.Equal(i is >= 10 and <= 15, black == 38);
            if (black < 38)
                Assert.Equal(before[i], after[i]);
        }
    }

    private static Task<AnonymiseReport> LookAsync(string film) => RunAsync(film, null);

    private static async Task<AnonymiseReport> RunAsync(
        string film, string? output, AnonymiseOptions? options = null, KnownRegions? known = null)
    {
        using var anonymiser = New(options ?? new(), known);
        return await anonymiser.RunAsync(film, output, null, CancellationToken.None);
    }

    private static Anonymiser New(AnonymiseOptions options, KnownRegions? known = null) => new(
        [() => new FaceDetector(0.15, AnonymiseOptions.LeastFollowed)],
        known ?? KnownRegions.None,
        options,
        TimeProvider.System);

    private static string Sha256(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));

    private static Task<string> PacketsAsync(string file, string stream) => ToolAsync(
        "ffmpeg", "-v", "error", "-i", file, "-map", $"0:{stream}", "-c", "copy", "-f", "md5", "-");

    private static Task<string> ProbeAsync(string file, string entries) =>
        ToolAsync("ffprobe", "-v", "error", "-show_entries", entries, "-of", "default=nw=1:nk=0", file);

    /// <summary>Seconds by which the pictures begin after the sound.</summary>
    private static async Task<double> LagAsync(string file)
    {
        var starts = (await ToolAsync(
            "ffprobe", "-v", "error", "-show_entries", "stream=start_time", "-of", "default=nw=1:nk=1", file)).Split('\n');
        return double.Parse(starts[0], CultureInfo.InvariantCulture) - double.Parse(starts[1], CultureInfo.InvariantCulture);
    }

    private static async Task<double> FrameCountAsync(string file) => 25 * double.Parse(
        await ToolAsync(
            "ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "stream=duration", "-of", "csv=p=0", file),
        CultureInfo.InvariantCulture);

    private static async Task<byte[][]> PicturesAsync(string file)
    {
        var raw = file + ".raw";
        await ToolAsync("ffmpeg", "-v", "error", "-y", "-i", file, "-pix_fmt", "gray", "-f", "rawvideo", raw);
        return [.. (await File.ReadAllBytesAsync(raw)).Chunk(320 * 240)];
    }

    private static async Task<string> ToolAsync(string program, params string[] arguments)
    {
        var output = new StringBuilder();
        var (code, complaints) = await MediaTool.RunAsync(
            program, arguments, Path.GetTempPath(), line => output.Append(line).Append('\n'), CancellationToken.None);
        Assert.True(code == 0, complaints);
        return output.ToString().TrimEnd();
    }

    private sealed class Stopper(CancellationTokenSource stop) : IProgress<double>
    {
        public void Report(double value) => stop.Cancel();
    }

    /// <summary>A folder with the portrait, of which films are made.</summary>
    public sealed class Films : IDisposable
    {
        private readonly TestMedia _media = new();

        public Films() => File.Copy(FaceDetectorTests.Portrait, PathOf("portrait.jpg"));

        public string Folder => _media.Folder;

        public string PathOf(string name) => _media.PathOf(name);

        public string Empty(string name) => Directory.CreateDirectory(PathOf(name)).FullName;

        public Task<string> MakeAsync(string name, string arguments) => _media.MakeAsync(
            name, $"-loop 1 -r 25 -i portrait.jpg -f lavfi -i sine=440:sample_rate=48000 {arguments}");

        public void Dispose() => _media.Dispose();
    }
}
