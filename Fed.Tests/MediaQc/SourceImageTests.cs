using Fed.MediaQc.Files;
using Fed.MediaQc.Pipeline;

namespace Fed.Tests.MediaQc;

/// <summary>Which picture is taken, and which are none.</summary>
public sealed class SourceImageTests : IDisposable
{
    private readonly TinyBuild build = new();
    private readonly Ffmpeg ffmpeg = new();

    [FfmpegTheory]
    [InlineData("pat%03d.pgm")]
    [InlineData("Größe 100%d.pgm")]
    [InlineData("a*{b,c}?.pgm")]
    [InlineData("concat:x.pgm")]
    [InlineData("-i.pgm")]
    [InlineData("no.%02d")]
    public async Task Load_NameLikeAPattern_TakesTheNamedFile(string name)
    {
        build.WritePicture("pat001.pgm", seed: 1);
        build.WritePicture("plain.pgm", seed: 2);
        File.Copy(build.File("plain.pgm"), build.File(name));

        var image = await LoadAsync(name);

        Assert.Equal((await LoadAsync("plain.pgm")).Pixels, image.Pixels);
    }

    [FfmpegFact]
    public async Task Load_ScratchFolderLikeAPattern_Works()
    {
        build.WritePicture("plain.pgm", seed: 2);
        var scratch = Directory.CreateDirectory(build.File("tmp%03d:{*}")).FullName;

        var image = await GrayImage.LoadAsync(ffmpeg, build.File("plain.pgm"), 240, scratch, CancellationToken.None);
        var clip = new Clip(64, 64, [.. Enumerable.Range(0, 6).Select(_ => new byte[64 * 64])]);
        var seen = await clip.ThroughCodecAsync(ffmpeg, ["-c:v", "mpeg2video"], scratch, CancellationToken.None);

        Assert.Equal((320, 240), (image.Width, image.Height));
        Assert.Equal(6, seen.Frames.Length);
        Assert.Empty(Directory.GetFiles(scratch));
    }

    [FfmpegTheory]
    [InlineData("png")]
    [InlineData("jpg")]
    public async Task Load_TruncatedPicture_IsRefusedByName(string format)
    {
        build.WritePicture("plain.pgm", seed: 2);
        await ffmpeg.RunAsync(
            ["-i", "plain.pgm", "-q:v", "2", "whole." + format], build.Directory, CancellationToken.None);
        var bytes = await File.ReadAllBytesAsync(build.File("whole." + format));
        await File.WriteAllBytesAsync(build.File("cut." + format), bytes[..(bytes.Length * 2 / 5)]);

        await LoadAsync("whole." + format);
        var error = await Assert.ThrowsAsync<DataFileException>(() => LoadAsync("cut." + format));

        Assert.Equal(build.File("cut." + format), error.FilePath);
        Assert.Contains("damaged", error.Reason, StringComparison.Ordinal);
    }

    [FfmpegFact]
    public async Task Load_BlackPicture_IsRefusedByName()
    {
        build.WritePicture("black.pgm", seed: 1, levels: 1);

        var error = await Assert.ThrowsAsync<DataFileException>(() => LoadAsync("black.pgm"));

        Assert.Equal(build.File("black.pgm"), error.FilePath);
        Assert.Contains("blank", error.Reason, StringComparison.Ordinal);
    }

    [FfmpegFact]
    public async Task Build_PictureSmallerThanTheClip_IsRefusedByNameWithBothSizes()
    {
        build.WritePictures();
        build.WritePicture("yy.pgm", seed: 2, width: 100, height: 90);

        var error = await Assert.ThrowsAsync<DataFileException>(() => build.RunAsync("a"));

        Assert.Equal(build.File("yy.pgm"), error.FilePath);
        Assert.Contains("100x90", error.Reason, StringComparison.Ordinal);
        Assert.Contains("128x128", error.Reason, StringComparison.Ordinal);
    }

    [FfmpegFact]
    public async Task Build_SourceThatGivesAlmostNothing_FailsNamingThePart()
    {
        build.WritePictures();
        // Two levels of grey in one corner: enough range to be a picture, nothing to cut patches from.
        build.WritePicture("yy.pgm", seed: 2, levels: 1);
        var bytes = File.ReadAllBytes(build.File("yy.pgm"));
        bytes.AsSpan(bytes.Length - 4).Fill(255);
        File.WriteAllBytes(build.File("yy.pgm"), bytes);

        var error = await Assert.ThrowsAsync<DataFileException>(() => build.RunAsync("a"));

        Assert.Contains("two train: ", error.Reason, StringComparison.Ordinal);
        Assert.False(Directory.Exists(build.File("a")));
    }

    public void Dispose() => build.Dispose();

    private Task<GrayImage> LoadAsync(string name) =>
        GrayImage.LoadAsync(ffmpeg, build.File(name), 240, build.Directory, CancellationToken.None);
}
