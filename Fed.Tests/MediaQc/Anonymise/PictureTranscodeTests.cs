using Fed.MediaQc.Anonymise;
using Fed.MediaQc.Scan;

namespace Fed.Tests.MediaQc.Anonymise;

public sealed class PictureTranscodeTests(AnonymiserTests.Films films) : IClassFixture<AnonymiserTests.Films>
{
    /// <summary>Neither of the two waits for the other, which will never come.</summary>
    [FfmpegTheory]
    [InlineData(99, "decoding broke")]
    [InlineData(0, "the blurred pictures cannot be written")]
    public async Task Run_WhereOneToolDoesNotEvenBegin_EndsAndSaysWhich(int stream, string expected)
    {
        var film = await films.MakeAsync("short.mp4", "-t 0.2 -vf format=yuv420p -c:v libx264 -preset ultrafast");
        var media = await MediaFile.ProbeAsync(film, CancellationToken.None);
        using var input = InputLink.To(film);
        var source = await SourcePictures.ProbeAsync(media, input, CancellationToken.None) with { Stream = stream };
        var layout = PictureLayout.Of(source.PixelFormat, source.Width, source.Height);

        var refused = await Assert.ThrowsAsync<ScanException>(() => new PictureTranscode(media, source, layout).RunAsync(
            input,
            "none/out.mp4",
            PictureEncoder.For("out.mp4", "h264", null, null),
            (from, to, token) => from.CopyToAsync(to, token),
            CancellationToken.None));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }
}
