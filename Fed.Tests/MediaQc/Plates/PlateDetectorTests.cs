using Fed.MediaQc.Anonymise;
using Fed.MediaQc.Files;
using Fed.MediaQc.Plates;

namespace Fed.Tests.MediaQc.Plates;

public sealed class PlateDetectorTests
{
    private static readonly string s_model = Repository.PathOf("data", "models", "plate-qc.onnx");

    [FfmpegFact]
    public async Task Detect_PlatesInMadePictures_FindsMostOfThem_WhereTheyAre_EachTimeTheSame()
    {
        using var build = new TinyPlateBuild();
        var plan = build.Plan with { Houses = [build.Plan.Houses[0] with { Camera = TinyPlateBuild.Camera(40) }] };
        var pictures = await new PlatePictures(plan, build.PathOf("."), build.PathOf(".")).MakeAsync(
            PlateShoot.Of(plan.Houses[0], PlatePart.Validation), 384, 256, 12, 5, 2, CancellationToken.None);
        using var detector = PlateDetector.Open(s_model);

        var found = pictures.Select(picture => (picture, Regions: Detect(detector, picture.Luma, 384, 256))).ToList();

        Assert.Equal("plate", detector.Kind);
        Assert.Matches("^plate-qc [0-9a-f]{64}$", detector.Source);
        Assert.InRange(found.Count(one => one.Regions.Any(region => Covers(region, Plate(one.picture)))), 9, 12);
        Assert.All(found.SelectMany(one => one.Regions), region =>
        {
            Assert.InRange(region.Confidence, PlateDetector.UsualThreshold, 1);
            Assert.InRange(region.Left, 0, 384 - region.Width);
            Assert.InRange(region.Top, 0, 256 - region.Height);
        });
        Assert.Equal(found[^1].Regions, Detect(detector, pictures[^1].Luma, 384, 256));

        static PlateBox Plate(PlatePicture picture) => picture.Things.First(thing => thing.IsPlate).Box;
        static bool Covers(DetectedRegion region, PlateBox plate) => plate.Shared(new PlateBox(
            region.Left, region.Top, region.Left + region.Width, region.Top + region.Height)) >= 0.8 * plate.Area;
    }

    [Theory]
    [InlineData(16, 16)]
    [InlineData(640, 360)]
    [InlineData(2600, 30)]
    public void Detect_PlainPicture_FindsNothing(int width, int height)
    {
        var luma = new byte[width * height];
        Array.Fill(luma, (byte)90);
        using var detector = PlateDetector.Open(s_model);

        Assert.Empty(Detect(detector, luma, width, height));
    }

    [Fact]
    public void Detect_SizesThatAreWrong_AreRefused()
    {
        using var detector = PlateDetector.Open(s_model);

        Assert.Throws<ArgumentOutOfRangeException>(() => Detect(detector, new byte[15 * 20], 20, 15));
        Assert.Throws<ArgumentOutOfRangeException>(() => Detect(detector, new byte[400], 20, 21));
        Assert.Throws<ArgumentOutOfRangeException>(() => PlateDetector.Open(s_model, 0));
    }

    [Fact]
    public void Open_ModelOfAnotherTask_IsRefusedByName()
    {
        var error = Assert.Throws<DataFileException>(
            () => PlateDetector.Open(Repository.PathOf("data", "models", "audio-qc.onnx")));

        Assert.EndsWith("audio-qc.onnx", error.FilePath, StringComparison.Ordinal);
        Assert.Contains("background, plate by plate-v1", error.Reason, StringComparison.Ordinal);
    }

    private static List<DetectedRegion> Detect(PlateDetector detector, byte[] luma, int width, int height)
    {
        var found = new List<DetectedRegion>();
        detector.Detect(luma, width, height, found);
        return found;
    }
}
