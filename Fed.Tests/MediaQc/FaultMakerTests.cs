using Fed.MediaQc.Pipeline;

namespace Fed.Tests.MediaQc;

/// <summary>Faults as the measurements that label them see them, and scenes without.</summary>
public sealed class FaultMakerTests
{
    private const int Width = 128, Height = 96, Frames = 26;

    [Theory]
    [InlineData("flicker:before:8")]
    [InlineData("flutter:before:8")]
    public void Apply_Flicker_SwingsTheLightAndIsMeasured(string fault)
    {
        var (scene, clip) = Pan();

        var measures = Measure(clip, FaultMaker.Apply(ChainFault.Parse(fault), clip, scene, new Random(1)));

        Assert.InRange(measures.Flicker, 1.5, 20);
        Assert.Equal(0, measures.Repeats);
        Assert.Equal(QcClasses.Flicker, Labeller.OfFault(ChainFault.Parse(fault), measures)?.Class);
    }

    [Theory]
    // Of 24 changes those to the pictures 2, 5, ... 23 of the clip, as the region begins at picture 1.
    [InlineData("freeze:before:3", 8)]
    // Pictures 16 and on: of 0 to 15 the first nine are one.
    [InlineData("freeze:before:9", 15)]
    public void Apply_Freeze_RepeatsPictures(string fault, int expected)
    {
        var (scene, clip) = Pan();

        var measures = Measure(clip, FaultMaker.Apply(ChainFault.Parse(fault), clip, scene, new Random(1)));

        Assert.Equal(expected, measures.Repeats);
        Assert.True(measures.RepeatedMotion > RegionMeasures.LeastMotion);
    }

    [Fact]
    public void Apply_Echo_IsAFaintCopyBesideItself()
    {
        var (scene, clip) = Pan();

        var echo = FaultMaker.Apply(ChainFault.Parse("echo:before:8"), clip, scene, new Random(1));

        const int at = 40 * Width + 50;
        Assert.Equal(0.65 * clip.Frames[3][at] + 0.35 * clip.Frames[3][at - 8], echo.Frames[3][at], 0.51);
    }

    [Fact]
    public void Scene_OfTheSameSeed_IsTheSame_AndKindsAreMany()
    {
        var image = SampleRegions.Picture();
        var kinds = Enumerable.Range(0, 60).Select(seed => new Scene(image, Width, Height, Frames, seed).Kind);

        Assert.Equal(Enum.GetValues<SceneKind>().Length, kinds.Distinct().Count());
        foreach (var kind in Enum.GetValues<SceneKind>())
        {
            var (one, other) = (Of(kind, image), Of(kind, image));
            Assert.Equal(one.Frame(7.5), other.Frame(7.5));
        }
    }

    [Fact]
    public void Measure_WhatContentDoesByItself_IsNoFault()
    {
        var image = SampleRegions.Picture();
        foreach (var kind in Enum.GetValues<SceneKind>())
        {
            var clip = Of(kind, image).Record();

            Assert.Equal((0, 0, 0.0), (Measure(clip, clip).ErrorRms, Measure(clip, clip).Repeats, Measure(clip, clip).Flicker));
        }
    }

    private static (Scene Scene, Clip Clip) Pan()
    {
        var scene = Of(SceneKind.Pan, SampleRegions.Picture());
        return (scene, scene.Record());
    }

    private static Scene Of(SceneKind kind, GrayImage image) => Enumerable.Range(0, 1000)
        .Select(seed => new Scene(image, Width, Height, Frames, seed)).First(scene => scene.Kind == kind);

    private static RegionMeasures Measure(Clip source, Clip delivered) =>
        RegionMeasures.Of(Region.Cut(source, 1, 32, 16), Region.Cut(delivered, 1, 32, 16));
}
