using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Programmes;

namespace Fed.Tests.MediaQc.Programmes;

public sealed class PictureTrackTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [FfmpegTheory]
    [InlineData("mpeg2video", "-q:v 6 -g 12", 24)]
    [InlineData("libx264", "-crf 28 -preset veryfast", 25)]
    [InlineData("libvpx-vp9", "-b:v 0 -crf 38 -cpu-used 8 -deadline realtime", 25)]
    public async Task Record_ThroughAnEncoder_FindsTheCutsAtTheirPictures(string encoder, string options, double rate)
    {
        var ffmpeg = new Ffmpeg();
        var images = new List<GrayImage>();
        for (var i = 0; i < 3; i++)
        {
            TinyBuild.WriteBlobs(_scratch.File($"{i}.pgm"), i, 160, 120);
            images.Add(await GrayImage.LoadAsync(
                ffmpeg, _scratch.File($"{i}.pgm"), PictureTrack.Lines, _scratch.Directory, CancellationToken.None));
        }

        Edit[] edits = [new(30, false), new(70, true), new(120, false)];
        var habits = TinyProgrammeBuild.Edits() with { Encoder = encoder, Options = options, FrameRate = rate };

        var cuts = await PictureTrack.RecordAsync(
            edits, 150 / rate, images, habits, new Random(1), ffmpeg, _scratch.Directory, CancellationToken.None);

        var clear = cuts.Where(cut => cut.Strength > 0.5f).Select(cut => cut.Time).ToArray();
        Assert.Equal(2, clear.Length);
        Assert.Equal(30 / rate, clear[0], 0.002);
        Assert.Equal(120 / rate, clear[1], 0.002);
        Assert.Empty(Directory.GetFiles(_scratch.Directory, "*.mkv"));
    }

    [Fact]
    public void Read_LogWithoutPictures_IsAnError()
    {
        File.WriteAllText(_scratch.File("log"), "");

        Assert.Throws<MediaToolException>(() => PictureTrack.Read(_scratch.File("log")));
    }

    [Fact]
    public void Read_Scores_BecomeStrengths()
    {
        File.WriteAllLines(
            _scratch.File("log"),
            [
                "frame:0    pts:0       pts_time:0", "lavfi.scd.mafd=0.000", "lavfi.scd.score=0.000",
                "frame:1    pts:40      pts_time:0.04", "lavfi.scd.mafd=9.000", "lavfi.scd.score=9.000",
                "frame:2    pts:80      pts_time:0.08", "lavfi.scd.mafd=50.000", "lavfi.scd.score=50.000",
            ]);

        Assert.Equal([new Cut(0.04, 0.5f), new Cut(0.08, 1)], PictureTrack.Read(_scratch.File("log")));
    }
}
