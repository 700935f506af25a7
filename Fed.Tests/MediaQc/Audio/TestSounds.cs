using System.Buffers.Binary;

namespace Fed.Tests.MediaQc.Audio;

/// <summary>Sounds whose properties are known, at 8 kHz.</summary>
internal static class TestSounds
{
    public const int Rate = 8000;

    public static float[] Sine(double hertz, double amplitude = 0.5, int length = Rate) =>
        [.. Enumerable.Range(0, length).Select(i => (float)(amplitude * Math.Sin(2 * Math.PI * hertz * i / Rate)))];

    /// <summary>
    /// Something like speech: harmonics of 150 Hz and noise, in syllables of 125 ms that rise and fall.
    /// </summary>
    public static float[] Syllables(int seed, int length = Rate)
    {
        var random = new Random(seed);
        var sound = new float[length];
        double pitch = 0, loudness = 1;
        for (var i = 0; i < length; i++)
        {
            if (i % 1000 == 0)
                loudness = 0.3 + 0.7 * random.NextDouble();
            pitch += 2 * Math.PI * (140 + 20 * Math.Sin(i / 2000.0)) / Rate;
            var voice = Enumerable.Range(1, 20).Sum(k => Math.Sin(k * pitch) / k) + 0.4 * (random.NextDouble() - 0.5);
            var syllable = 0.15 + 0.85 * Math.Pow(Math.Sin(Math.PI * (i % 1000) / 1000), 2);
            sound[i] = (float)(0.15 * loudness * syllable * voice);
        }

        return sound;
    }

    public static double Power(ReadOnlySpan<float> sound)
    {
        var sum = 0.0;
        foreach (var sample in sound)
            sum += (double)sample * sample;
        return sum / sound.Length;
    }

    /// <summary>Power at one frequency, as a correlation with a sine and a cosine.</summary>
    public static double PowerAt(ReadOnlySpan<float> sound, double hertz)
    {
        double a = 0, b = 0;
        for (var i = 0; i < sound.Length; i++)
        {
            a += sound[i] * Math.Cos(2 * Math.PI * hertz * i / Rate);
            b += sound[i] * Math.Sin(2 * Math.PI * hertz * i / Rate);
        }

        return 2 * (a * a + b * b) / ((double)sound.Length * sound.Length);
    }

    public static double Decibels(double ratioOfPowers) => 10 * Math.Log10(ratioOfPowers);

    public static void WriteWave(string path, ReadOnlySpan<float> sound, int rate = Rate)
    {
        var file = new byte[44 + 2 * sound.Length];
        "RIFF"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(24), rate);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(28), 2 * rate);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(34), 16);
        "data"u8.CopyTo(file.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), 2 * sound.Length);
        for (var i = 0; i < sound.Length; i++)
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(44 + 2 * i), (short)(sound[i] * 32767));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, file);
    }
}
