using Fed.MediaQc.Programmes;

namespace Fed.Tests.MediaQc.Programmes;

public sealed class DisplacementTests
{
    [Theory]
    [InlineData(MediaStream.Sound, -0.09, StreamClass.SoundEarly)]
    [InlineData(MediaStream.Sound, 0.185, StreamClass.SoundLate)]
    [InlineData(MediaStream.Picture, -0.185, StreamClass.PictureEarly)]
    [InlineData(MediaStream.Picture, 0.09, StreamClass.PictureLate)]
    [InlineData(MediaStream.Cues, -0.3, StreamClass.CuesEarly)]
    [InlineData(MediaStream.Cues, 3, StreamClass.CuesLate)]
    [InlineData(MediaStream.Cues, 0.04, StreamClass.InSync)]
    [InlineData(MediaStream.Picture, -0.04, StreamClass.InSync)]
    public void Label_AtALimit_IsTheClass(MediaStream stream, double seconds, StreamClass expected) =>
        Assert.Equal(expected, new Displacement(stream, seconds).Label());

    [Theory]
    [InlineData(MediaStream.Sound, -0.08)]
    [InlineData(MediaStream.Sound, 0.15)]
    [InlineData(MediaStream.Picture, -0.15)]
    [InlineData(MediaStream.Picture, 0.08)]
    [InlineData(MediaStream.Cues, 0.25)]
    public void Label_BetweenTheClasses_IsNone(MediaStream stream, double seconds) =>
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
        Assert.Equal(0.2, new Displacement(MediaStream.Sound, 0.2).SoundBehindPicture);
        Assert.Equal(-0.2, new Displacement(MediaStream.Picture, 0.2).SoundBehindPicture);
        Assert.Equal(0, new Displacement(MediaStream.Cues, 0.2).SoundBehindPicture);
    }
}
