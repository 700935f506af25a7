using Fed.MediaQc.Audio;
using Fed.MediaQc.Pipeline;

namespace Fed.Tests.MediaQc.Audio;

public sealed class AudioCodecTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1105)]
    [InlineData(-700)]
    public void Align_DelayedOrEarly_ComesBackInStep(int delay)
    {
        var sent = TestSounds.Syllables(1, 40_000);
        var received = new float[sent.Length];
        for (var i = 0; i < sent.Length; i++)
            received[i] = i - delay >= 0 && i - delay < sent.Length ? 0.5f * sent[i - delay] : 0;

        var aligned = AudioCodec.Align(sent, received);

        Assert.Equal(sent.Skip(2000).Take(36_000).Select(sample => 0.5f * sample), aligned.Skip(2000).Take(36_000));
    }

    [FfmpegTheory]
    [InlineData("pcm_s16le -ar 48000", 30)]
    [InlineData("libmp3lame -b:a 128k -ar 48000", 20)]
    [InlineData("g722 -ar 16000", 15)]
    public async Task Send_GoodSetting_KeepsTheSoundInStep(string setting, double least)
    {
        var sent = TestSounds.Syllables(1, 40_000);

        var received = await AudioCodec.SendAsync(
            new Ffmpeg(), setting, sent, _scratch.Directory, CancellationToken.None);

        Assert.Equal(sent.Length, received.Length);
        var difference = sent.Zip(received, (a, b) => a - b).ToArray();
        Assert.InRange(TestSounds.Decibels(TestSounds.Power(sent) / TestSounds.Power(difference)), least, 200);
        Assert.Empty(Directory.GetFiles(_scratch.Directory));
    }

    [Theory]
    [InlineData("atrac -b:a 64k", "encoder 'atrac' is not one of libmp3lame, aac")]
    [InlineData("aac -b:a", "pairs of an option and its value")]
    public void Problem_BadSetting_SaysWhatIsAllowed(string setting, string expected) =>
        Assert.Contains(expected, AudioCodec.Problem(setting), StringComparison.Ordinal);

    public void Dispose() => _scratch.Dispose();
}
