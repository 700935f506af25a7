using System.Numerics.Tensors;

namespace Fed.MediaQc.Audio;

/// <summary>Puts the faults of a production chain into sound at 8 kHz.</summary>
internal static class SoundFaultMaker
{
    private const int Rate = AudioFeatures.SampleRate;

    /// <param name="fault">The fault.</param>
    /// <param name="sound">Changed in place.</param>
    /// <param name="second">The second that is looked at; what happens at a moment happens in it.</param>
    /// <param name="others">Who talks in the background, for babble; as long as <paramref name="sound"/>.</param>
    /// <param name="random">Seeded.</param>
    public static void Apply(
        SoundFault fault, Span<float> sound, Range second, IReadOnlyList<float[]> others, Random random)
    {
        switch (fault.Kind)
        {
            case SoundFaultKind.Clip:
                Clip(sound, fault.Strength, random);
                break;
            case SoundFaultKind.Dropout:
                Drop(sound[second], (int)(fault.Strength * Rate / 1000), random);
                break;
            case SoundFaultKind.Step:
                var (start, length) = second.GetOffsetAndLength(sound.Length);
                Step(sound, start + (int)(length * (0.25 + 0.5 * random.NextDouble())), fault.Strength);
                break;
            case SoundFaultKind.Hum:
                AddAt(sound, Hum(sound.Length, random), fault.Strength);
                break;
            case SoundFaultKind.Hiss:
                AddAt(sound, Sound.Noise(sound.Length, random), fault.Strength);
                break;
            case SoundFaultKind.LowPass:
                Filter(sound, fault.Strength);
                break;
            case SoundFaultKind.Reverb:
                // The hall is as loud as the speaker.
                Sound.AddRoom(sound, fault.Strength, 0, random);
                break;
            case SoundFaultKind.Babble:
                AddAt(sound, Babble(sound.Length, others), fault.Strength);
                break;
            default:
                throw new ArgumentException($"{fault.Kind} is no fault of sound");
        }
    }

    private static void Clip(Span<float> sound, double drive, Random random)
    {
        var limit = MathF.Abs(TensorPrimitives.MaxMagnitude<float>(sound)) * Sound.Ratio(-drive);
        foreach (ref var sample in sound)
            sample = Math.Clamp(sample, -limit, limit);
        // Turned down afterwards, so that no sample is at full scale.
        TensorPrimitives.Multiply(sound, Sound.Ratio(drive / 2 - 6 * random.NextDouble()), sound);
    }

    // Where there is something to lose: the loudest of eight places.
    private static void Drop(Span<float> second, int length, Random random)
    {
        const int fade = Rate / 500;
        var (place, most) = (0, -1f);
        for (var attempt = 0; attempt < 8; attempt++)
        {
            var at = random.Next(second.Length - length);
            var energy = TensorPrimitives.SumOfSquares<float>(second.Slice(at, length));
            if (energy > most)
                (place, most) = (at, energy);
        }

        for (var i = 0; i < length; i++)
        {
            var edge = Math.Min(i, length - 1 - i);
            second[place + i] *= edge < fade ? 1 - (edge + 1f) / fade : 0;
        }
    }

    private static void Step(Span<float> sound, int at, double decibels)
    {
        const int ramp = Rate / 200;
        for (var i = at; i < sound.Length; i++)
            sound[i] *= Sound.Ratio(decibels * Math.Min(1, (i - at) / (double)ramp));
    }

    // 50 or 60 Hz and what a rectifier makes of it.
    private static float[] Hum(int length, Random random)
    {
        var mains = random.Next(2) == 0 ? 50 : 60;
        var hum = new float[length];
        for (var harmonic = 1; harmonic <= 10; harmonic++)
        {
            var phase = 2 * Math.PI * random.NextDouble();
            var amplitude = (0.3 + random.NextDouble()) / harmonic;
            for (var i = 0; i < length; i++)
                hum[i] += (float)(amplitude * Math.Sin(2 * Math.PI * mains * harmonic * i / Rate + phase));
        }

        return hum;
    }

    private static float[] Babble(int length, IReadOnlyList<float[]> others)
    {
        var babble = new float[length];
        foreach (var other in others)
        {
            var loudness = Sound.Rms(other);
            TensorPrimitives.MultiplyAdd(other, loudness > 0 ? 1 / loudness : 0, babble, babble);
        }

        return babble;
    }

    // Hamming-windowed sinc, 101 taps: 53 dB down within 130 Hz beyond the edge.
    private static void Filter(Span<float> sound, double edge)
    {
        const int half = 50;
        var taps = new float[2 * half + 1];
        for (var i = -half; i <= half; i++)
        {
            var x = 2 * edge / Rate;
            var sinc = i == 0 ? x : Math.Sin(Math.PI * x * i) / (Math.PI * i);
            taps[i + half] = (float)(sinc * (0.54 + 0.46 * Math.Cos(Math.PI * i / half)));
        }

        var input = new float[sound.Length + 2 * half];
        sound.CopyTo(input.AsSpan(half));
        sound.Clear();
        for (var i = 0; i < taps.Length; i++)
            TensorPrimitives.MultiplyAdd(input.AsSpan(i, sound.Length), taps[i], sound, sound);
    }

    private static void AddAt(Span<float> sound, ReadOnlySpan<float> disturbance, double below)
    {
        var level = Sound.Rms(disturbance);
        if (level == 0)
            return;
        var gain = Sound.Rms(sound) / level * Sound.Ratio(-below);
        TensorPrimitives.MultiplyAdd(disturbance, gain, sound, sound);
    }
}
