using Fed.MediaQc.Audio;

namespace Fed.Tests.MediaQc.Audio;

public sealed class AudioLabellerTests
{
    private static readonly AudioMeasures s_perfect = new(
        Active: 0.9,
        Distance: 0.2,
        CrestLost: 0,
        Distortion: 30,
        GapMilliseconds: 0,
        Step: 0,
        FloorRise: 0,
        BandsLost: 0,
        Modulation: 1);

    [Fact]
    public void OfCoding_FaithfulSecond_IsCleanWithoutSeverity() =>
        Assert.Equal(new AudioLabel(AudioClasses.Clean, 0), AudioLabeller.OfCoding(s_perfect));

    [Theory]
    [InlineData(2.8, 1)]
    [InlineData(5, 2)]
    [InlineData(9, 3)]
    public void OfCoding_FarFromTheSource_IsNarrowBandByDistance(double distance, byte severity) =>
        Assert.Equal(
            new AudioLabel(AudioClasses.NarrowBand, severity),
            AudioLabeller.OfCoding(s_perfect with { Distance = distance, Modulation = 0.85 }));

    [Fact]
    public void OfCoding_BetweenCleanAndFault_GetsNoLabel() =>
        Assert.Null(AudioLabeller.OfCoding(s_perfect with { Distance = 2.4 }));

    [Fact]
    public void OfCoding_LittleSpeech_GetsNoLabel() =>
        Assert.Null(AudioLabeller.OfCoding(s_perfect with { Active = 0.4 }));

    [Theory]
    [InlineData("clip:before:12", "clipping")]
    [InlineData("dropout:after:100", "dropout")]
    [InlineData("step:before:-8", "level-jump")]
    [InlineData("hum:before:5", "noise")]
    [InlineData("hiss:after:10", "noise")]
    [InlineData("lowpass:before:1500", "narrow-band")]
    [InlineData("reverb:before:1", "unclear")]
    [InlineData("babble:before:0", "unclear")]
    public void OfFault_AudibleFault_GetsItsClass_AndNoneWhereItIsNotHeard(string text, string expected)
    {
        var fault = SoundFault.Parse(text);
        var heard = s_perfect with
        {
            CrestLost = 6,
            Distortion = 8,
            GapMilliseconds = 100,
            Step = -8,
            FloorRise = 20,
            BandsLost = 0.4,
            Modulation = 0.7,
        };

        Assert.Equal(expected, AudioLabeller.OfFault(fault, heard)?.Class);
        Assert.Null(AudioLabeller.OfFault(fault, s_perfect));
        Assert.Null(AudioLabeller.OfFault(fault, heard with { Active = 0.3 }));
    }
}
