using Fed.MediaQc.Programmes;

namespace Fed.Tests.MediaQc.Programmes;

public sealed class DisplacementTests
{
    [Theory]
    [InlineData(Modality.Sound, -0.09, StreamClass.SoundEarly)]
    [InlineData(Modality.Sound, 0.185, StreamClass.SoundLate)]
    [InlineData(Modality.Picture, -0.185, StreamClass.PictureEarly)]
    [InlineData(Modality.Picture, 0.09, StreamClass.PictureLate)]
    [InlineData(Modality.Cues, -0.3, StreamClass.CuesEarly)]
    [InlineData(Modality.Cues, 3, StreamClass.CuesLate)]
    [InlineData(Modality.Cues, 0.04, StreamClass.InSync)]
    [InlineData(Modality.Picture, -0.04, StreamClass.InSync)]
    public void Label_AtALimit_IsTheClass(Modality stream, double seconds, StreamClass expected) =>
        Assert.Equal(expected, new Displacement(stream, seconds).Label());

    [Theory]
    [InlineData(Modality.Sound, -0.08)]
    [InlineData(Modality.Sound, 0.15)]
    [InlineData(Modality.Picture, -0.15)]
    [InlineData(Modality.Picture, 0.08)]
    [InlineData(Modality.Cues, 0.25)]
    public void Label_BetweenTheClasses_IsNone(Modality stream, double seconds) =>
        Assert.Null(new Displacement(stream, seconds).Label());

    [Fact]
    public void Draw_EachClass_GivesDisplacementsOfIt_SmallAndLarge()
    {
        var random = new Random(3);
        foreach (var label in Enum.GetValues<StreamClass>())
        {
            var drawn = Enumerable.Range(0, 400).Select(_ => Displacement.Draw(label, random)).ToList();
            Assert.All(drawn, one => Assert.Equal(label, one.Label()));
            Assert.All(drawn, one => Assert.Equal(label == StreamClass.InSync, one.Severity() == 0));
            if (label != StreamClass.InSync)
                Assert.Equal(3, drawn.Select(one => one.Severity()).Distinct().Count());
        }
    }

    [Fact]
    public void SoundBehindPicture_OfEachStream_IsRelative()
    {
        Assert.Equal(0.2, new Displacement(Modality.Sound, 0.2).SoundBehindPicture);
        Assert.Equal(-0.2, new Displacement(Modality.Picture, 0.2).SoundBehindPicture);
        Assert.Equal(0, new Displacement(Modality.Cues, 0.2).SoundBehindPicture);
    }
}
