using Fed.MediaQc.Scan;

namespace Fed.Tests.MediaQc.Scan;

public sealed class MediaPreviewTests : IDisposable
{
    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [FfmpegFact]
    public async Task MakeAsync_OfNoise_StaysSmall()
    {
        var film = await _media.MakeAsync(
            "noise.mkv",
            "-f lavfi -i 'nullsrc=s=160x90:r=25:d=2,geq=random(1)*255:random(2)*255:random(3)*255' -c:v ffv1");

        var preview = await PreviewAsync(film);

        Assert.Equal(MediaPreview.MostPictures, preview.Pictures.Count);
        Assert.All(preview.Pictures, picture => Assert.Equal([0xFF, 0xD8], picture[..2]));
        Assert.InRange(preview.Pictures.Sum(picture => picture.Length), 1, 300_000);
        Assert.Empty(preview.Peaks);
    }

    [FfmpegFact]
    public async Task MakeAsync_OfThreePictures_HasThree()
    {
        var film = await _media.MakeAsync(
            "short.mkv", $"-f lavfi -i '{TestMedia.Pictures}:d=0.12' -c:v ffv1");

        var preview = await PreviewAsync(film);

        Assert.Equal(3, preview.Pictures.Count);
        Assert.Equal(0.04, preview.Step, 1e-3);
    }

    [FfmpegFact]
    public async Task MakeAsync_OfSound_HasItsPeaksWhereTheyAre()
    {
        var sound = await _media.MakeAsync(
            "sound.wav", "-f lavfi -i 'aevalsrc=0.5*sin(2*PI*330*t)*gte(t\\,1):s=48000:d=2' -c:a pcm_s24le");

        var preview = await PreviewAsync(sound);

        Assert.Empty(preview.Pictures);
        Assert.Equal(MediaPreview.MostPeaks, preview.Peaks.Count);
        Assert.All(preview.Peaks.Take(290), peak => Assert.Equal(0, peak));
        Assert.All(preview.Peaks.Skip(310), peak => Assert.Equal(0.5, peak, 0.02));
    }

    [FfmpegFact]
    public async Task MakeAsync_OfADamagedFilm_HasWhatCanBeSeen()
    {
        var film = await _media.MakeAsync(
            "damaged.mkv", $"-f lavfi -i '{TestMedia.Pictures}:d=4' -c:v libx264 -preset ultrafast -g 5");
        var report = await TestMedia.ScanAsync(film);
        var bytes = await File.ReadAllBytesAsync(film);
        await File.WriteAllBytesAsync(film, bytes[..(bytes.Length / 2)]);

        var preview = await MediaPreview.MakeAsync(film, report.Streams, report.Duration, CancellationToken.None);

        Assert.InRange(preview.Pictures.Count, 6, 20);
        Assert.Equal(report.Duration / MediaPreview.MostPictures, preview.Step);
    }

    private static async Task<MediaPreview> PreviewAsync(string path)
    {
        var media = await MediaFile.ProbeAsync(path, CancellationToken.None);
        return await MediaPreview.MakeAsync(path, media.Streams, media.Duration, CancellationToken.None);
    }
}
