using Fed.MediaQc.Files;
using Fed.Tests.MediaQc.Audio;

namespace Fed.Tests.MediaQc;

/// <summary>Recordings as packages bring them, and files that are none.</summary>
public sealed class WavFileTests : IDisposable
{
    private static readonly float[] s_sound = [0, 0.5f, -0.5f, 0.25f];

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Read_ARecording_GivesItsSamples()
    {
        var samples = WavFile.Read(Write(s_sound));

        Assert.Equal(s_sound.Select(sample => (short)(sample * 32767) / 32768f), samples);
    }

    [Fact]
    public void Read_AFileWithAnotherChunkBeforeItsSound_GivesTheSound()
    {
        var path = Write(s_sound);
        var whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, [.. whole[..36], .. "LIST"u8, 4, 0, 0, 0, .. "INFO"u8, .. whole[36..]]);

        Assert.Equal(4, WavFile.Read(path).Length);
    }

    [Theory]
    [InlineData("none.wav", "the recording is missing")]
    [InlineData("empty.wav", "the recording is damaged")]
    [InlineData("text.wav", "the recording is damaged")]
    [InlineData("head.wav", "the recording is damaged")]
    [InlineData("cut.wav", "the recording is damaged")]
    [InlineData("fast.wav", "the recording has 16000 Hz, 1 channels and 16 bits; convert it")]
    public void Read_WhatIsNoRecording_SaysWhatItIs(string name, string expected)
    {
        var whole = File.ReadAllBytes(Write(s_sound));
        File.WriteAllBytes(_scratch.File("empty.wav"), []);
        File.WriteAllBytes(_scratch.File("text.wav"), "a recording, as text that is long enough for a header"u8.ToArray());
        File.WriteAllBytes(_scratch.File("head.wav"), whole[..20]);
        File.WriteAllBytes(_scratch.File("cut.wav"), whole[..^3]);
        TestSounds.WriteWave(_scratch.File("fast.wav"), s_sound, rate: 16_000);

        var refused = Assert.Throws<DataFileException>(() => WavFile.Read(_scratch.File(name)));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Equal(_scratch.File(name), refused.FilePath);
    }

    private string Write(float[] sound)
    {
        var path = _scratch.File("sound.wav");
        TestSounds.WriteWave(path, sound);
        return path;
    }
}
