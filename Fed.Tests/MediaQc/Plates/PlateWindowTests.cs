using Fed.MediaQc.Files;
using Fed.MediaQc.Features;
using Fed.MediaQc.Plates;

namespace Fed.Tests.MediaQc.Plates;

public sealed class PlateWindowTests
{
    [Fact]
    public void Normalise_OtherLightAndContrast_GivesTheSame()
    {
        var random = new Random(1);
        var bright = new byte[PlateWindow.Length];
        for (var i = 0; i < bright.Length; i++)
            bright[i] = (byte)(2 * random.Next(10, 110));
        var dim = Array.ConvertAll(bright, value => (byte)(value / 2 + 20));

        PlateWindow.Normalise(bright, bright);
        PlateWindow.Normalise(dim, dim);

        Assert.All(bright.Zip(dim), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
        var mean = bright.Average(value => value);
        Assert.Equal(PlateWindow.Centre, mean, 0.1);
        Assert.Equal(PlateWindow.Spread, Math.Sqrt(bright.Average(value => (value - mean) * (value - mean))), 0.1);
    }

    [Fact]
    public void Normalise_NoContrast_IsGreyAndNotAmplified()
    {
        var window = new byte[PlateWindow.Length];
        Array.Fill(window, (byte)200);
        window[7] = 201;

        PlateWindow.Normalise(window, window);

        Assert.All(window, value => Assert.InRange(value, PlateWindow.Centre, PlateWindow.Centre + 1));
    }

    [Fact]
    public void InWindowShape_OfNarrowAndWidePlates_HoldsThemInTheMiddle()
    {
        Assert.Equal(new PlateBox(0, 10, 80, 30), new PlateBox(20, 10, 60, 30).InWindowShape());
        Assert.Equal(new PlateBox(0, 5, 80, 25), new PlateBox(0, 10, 80, 20).InWindowShape());
    }

    [Fact]
    public void Overlap_OfHalfCoveringBoxes_IsIntersectionByUnion() =>
        Assert.Equal(50.0 / 150, new PlateBox(0, 0, 10, 10).Overlap(new PlateBox(5, 0, 15, 10)), 1e-9);

    [Fact]
    public void Extract_StoredValues_HaveMeanNoneAndDeviationOne()
    {
        var stored = new byte[PlateWindow.Length];
        for (var i = 0; i < stored.Length; i++)
            stored[i] = (byte)(i % 2 == 0 ? PlateWindow.Centre - 3 : PlateWindow.Centre + 3);
        var set = new PatchSet(
            "plates", PlateFeatures.Name, PlateFeatures.StoredShape, PlateClasses.Names, ["one"], [1], [1], [0], stored);

        var samples = FeatureExtraction.ToSamples(set);

        Assert.Equal(PlateFeatures.StoredShape, samples.Shape);
        Assert.Equal([-1f, 1f, -1f], samples.Input(0)[..3].ToArray());
    }

    [Fact]
    public void Baseline_BarsInTheMiddle_AreAPlate_AndAPlainWindowIsNone()
    {
        var plate = new byte[PlateWindow.Length];
        for (var y = 5; y < 11; y++)
        {
            for (var x = 10; x < 54; x += 4)
                plate[y * PlateWindow.Width + x] = 12;
        }

        var plain = new byte[PlateWindow.Length];
        var set = new PatchSet(
            "plates", PlateFeatures.Name, PlateFeatures.StoredShape, PlateClasses.Names, ["one"], [0, 1], [0, 1], [0, 0],
            [.. plain, .. plate]);

        var rules = PlateBaseline.Fit([set]);

        // 11 bars with two edges of 12 each, in each of the six rows.
        Assert.Equal(11 * 2 * 12, PlateBaseline.Measure(plate)[1]);
        Assert.Equal(1, rules.Accuracy(set));
    }

    [Fact]
    public void Draw_Characters_FollowThePattern_AndNoPartHasAnothers()
    {
        var random = new Random(3);
        var country = new PlateCountry("AA", 520, 110, ["LL-00 X"], 235, 20);
        var drawn = Enum.GetValues<PlatePart>().ToDictionary(
            part => part, part => Enumerable.Range(0, 200).Select(_ => Lettering.Draw(country, part, random)).ToHashSet());

        Assert.All(drawn.Values.SelectMany(all => all), text => Assert.Matches("^[A-HJ-NPR-Z]{2}-[0-9]{2} X$", text));
        Assert.Empty(drawn[PlatePart.Train].Intersect(drawn[PlatePart.Test]));
        Assert.Empty(drawn[PlatePart.Validation].Intersect(drawn[PlatePart.Test].Concat(drawn[PlatePart.Train])));
    }

    [Fact]
    public void Pyramid_OfAWidePicture_HasLevelsOfFourFifths_WithTheSameContent()
    {
        const int width = 2600, height = 400;
        var luma = new byte[width * height];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                luma[y * width + x] = (byte)(x / 13);
        }

        var pyramid = new PicturePyramid();
        pyramid.Load(luma, width, height);

        Assert.Equal(1280, pyramid.Levels[0].Width);
        Assert.All(pyramid.Levels.Zip(pyramid.Levels.Skip(1)), pair =>
            Assert.InRange(pair.First.Width / (double)pair.Second.Width, 1.22, 1.28));
        Assert.All(pyramid.Levels, level =>
        {
            for (var x = 0; x < level.Width; x++)
                Assert.Equal((x + 0.5) * level.Scale / 13, level.Pixels[level.Height / 2 * level.Width + x], 2.5);
        });
    }
}
