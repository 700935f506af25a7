using Fed.MediaQc.Learned;
using Fed.Tests.MediaQc.Audio;

namespace Fed.Tests.MediaQc.Learned;

/// <summary>Gaps and steps of sounds that are made for it.</summary>
public sealed class SoundMomentsTests
{
    [Theory]
    [InlineData(25, 2, true)]
    [InlineData(450, 2, true)]
    // As a mouth closes: slowly.
    [InlineData(200, 60, false)]
    [InlineData(0, 2, false)]
    // Longer than half a second is a pause.
    [InlineData(600, 2, false)]
    public void Gap_OfATone_IsDeepWhereItFallsAtOnceAndComesBack(int milliseconds, int fade, bool isDeep)
    {
        var sound = TestSounds.Sine(300);
        int length = 8 * milliseconds, edge = 8 * fade, start = 1503;
        for (var i = 0; i < length; i++)
            sound[start + i] *= Math.Max(0, 1 - (float)Math.Min(i + 1, length - i) / edge);

        var gap = SoundMoments.Gap(sound);

        Assert.Equal(isDeep, gap >= SoundMoments.DropoutEdge);
    }

    [Fact]
    public void Gap_WithoutAReturn_IsNone()
    {
        var sound = TestSounds.Sine(300);
        sound.AsSpan(5000).Clear();

        Assert.InRange(SoundMoments.Gap(sound), 0, 3);
    }

    [Fact]
    public void Step_OfLevels_IsTheirDifferenceWhateverThePauses()
    {
        float[] levels = [-30, -30, -90, -30, -31, -30, -90, -30, -30, -30, -30, -32, -22, -22, -90, -22, -24, -22];

        Assert.Equal(8, SoundMoments.Step(levels, 12), 1e-4);
        Assert.Equal(0, SoundMoments.Step(levels.AsSpan(0, 12), 6), 1e-4);
        // Where nobody speaks before it, somebody begins.
        Assert.Equal(0, SoundMoments.Step([-80, -80, -80, -20, -20, -20], 3), 1e-4);
        Assert.Equal(0, SoundMoments.Step(levels, 18), 1e-4);
    }

    [Fact]
    public void Level_OfASine_IsThreeDecibelsBelowItsPeak()
    {
        Assert.Equal(-9.03, SoundMoments.Level(TestSounds.Sine(400)), 0.01);
        Assert.Equal(-100, SoundMoments.Level(new float[100]), 0.01);
    }
}
