using System.Numerics.Tensors;

namespace Fed.MediaQc.Audio;

/// <summary>Small operations on sound.</summary>
internal static class Sound
{
    /// <summary>Decibels to a ratio of amplitudes.</summary>
    public static float Ratio(double decibels) => (float)Math.Pow(10, decibels / 20);

    /// <summary>Root mean square; 0 for nothing.</summary>
    public static float Rms(ReadOnlySpan<float> sound) =>
        sound.Length == 0 ? 0 : MathF.Sqrt(TensorPrimitives.SumOfSquares(sound) / sound.Length);

    /// <summary>White noise of unit deviation.</summary>
    public static float[] Noise(int length, Random random)
    {
        var noise = new float[length];
        // Sums of four uniform numbers are close enough to a bell.
        foreach (ref var sample in noise.AsSpan())
        {
            sample = (random.NextSingle() + random.NextSingle() + random.NextSingle() + random.NextSingle() - 2)
                * 1.7320508f;
        }

        return noise;
    }

    /// <summary>
    /// Adds a diffuse room: the sound convolved with noise that decays exponentially (Polack's model).
    /// </summary>
    /// <param name="sound">Changed in place.</param>
    /// <param name="seconds">Time in which the room's sound falls by 60 dB.</param>
    /// <param name="direct">Direct sound above the room's, dB.</param>
    /// <param name="random">Seeded.</param>
    public static void AddRoom(Span<float> sound, double seconds, double direct, Random random)
    {
        var response = Noise((int)(Math.Min(seconds, 1.2) * 0.6 * AudioFeatures.SampleRate), random);
        for (var i = 0; i < response.Length; i++)
            response[i] *= Ratio(-60.0 * i / (seconds * AudioFeatures.SampleRate));
        var gain = Ratio(-direct) / MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(response));
        var input = sound.ToArray();
        // The first reflection comes after 5 ms.
        for (int i = 0, delay = 40; i < response.Length && delay < sound.Length; i++, delay++)
        {
            var late = sound[delay..];
            TensorPrimitives.MultiplyAdd(input.AsSpan(0, late.Length), response[i] * gain, late, late);
        }
    }
}
