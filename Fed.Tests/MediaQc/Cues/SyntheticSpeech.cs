using System.Buffers.Binary;
using Fed.MediaQc.Cues;

namespace Fed.Tests.MediaQc.Cues;

/// <summary>Sound that rises and falls as speech does, where it is known when.</summary>
internal static class SyntheticSpeech
{
    private const int Rate = SoundLevels.SampleRate;

    /// <summary>Irregular stretches with pauses, from a seed.</summary>
    public static (double Start, double End)[] Stretches(int count, int seed)
    {
        var random = new Random(seed);
        var time = 2.0;
        var all = new (double, double)[count];
        for (var i = 0; i < count; i++)
        {
            var length = 0.8 + 2.5 * random.NextDouble();
            all[i] = (time, time + length);
            time += length + 0.5 + 2.5 * random.NextDouble();
        }

        return all;
    }

    /// <summary>Noise four times a second as loud and as quiet, over a quiet floor.</summary>
    public static float[] Speak(IReadOnlyList<(double Start, double End)> stretches, double length, int seed = 1)
    {
        var random = new Random(seed);
        var sound = new float[(int)(length * Rate)];
        for (var i = 0; i < sound.Length; i++)
            sound[i] = (float)(0.0005 * (2 * random.NextDouble() - 1));
        foreach (var (start, end) in stretches)
        {
            for (var i = (int)(start * Rate); i < (int)(end * Rate) && i < sound.Length; i++)
            {
                var syllable = 0.65 + 0.35 * Math.Sin(2 * Math.PI * 4 * i / Rate);
                sound[i] += (float)(0.2 * syllable * (2 * random.NextDouble() - 1));
            }
        }

        return sound;
    }

    /// <summary>Right cues: 15 letters a second.</summary>
    public static TimedCue[] Cues(IEnumerable<(double Start, double End)> stretches) =>
        [.. stretches.Select(one => new TimedCue(one.Start, one.End, (int)(15 * (one.End - one.Start))))];

    public static byte[] Wav(ReadOnlySpan<float> sound, short channels = 1, int rate = Rate)
    {
        var file = new byte[44 + 2 * sound.Length];
        "RIFF"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(22), channels);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(24), rate);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(28), rate * channels * 2);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(32), (short)(channels * 2));
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(34), 16);
        "data"u8.CopyTo(file.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), 2 * sound.Length);
        for (var i = 0; i < sound.Length; i++)
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(44 + 2 * i), (short)Math.Round(32767 * sound[i]));
        return file;
    }
}
