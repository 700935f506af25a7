using System.Globalization;

namespace Fed.MediaQc.Cues;

/// <summary>
/// What lies under a programme's speech, made from a seed: <c>none</c> (a quiet room), <c>noise:DB</c> (low-passed
/// noise that swells), <c>music:DB</c> (chords that change, with a beat), <c>babble:DB</c> (several utterances at
/// once). DB is how far below the speech it lies, -6 to 40.
/// </summary>
internal static class SoundBed
{
    /// <summary>Full scale is 1: the noise of a room, about -66 dB.</summary>
    private const double Room = 0.0005;

    private const int Rate = SoundLevels.SampleRate;

    /// <summary>Why it is no bed, or null.</summary>
    public static string? Problem(string bed) =>
        bed == "none" || (bed.Split(':') is ["noise" or "music" or "babble", var level]
            && double.TryParse(level, NumberStyles.Float, CultureInfo.InvariantCulture, out var below)
            && below is >= -6 and <= 40)
            ? null
            : $"bed '{bed}' is not none, noise:DB, music:DB or babble:DB with -6 to 40 dB below the speech";

    /// <summary>Adds it to speech.</summary>
    /// <param name="sound">Mono, 8 kHz.</param>
    /// <param name="voices">For babble.</param>
    public static void Add(string bed, Span<float> sound, IReadOnlyList<Utterance> voices, Random random)
    {
        var speech = Loudness(sound);
        foreach (ref var sample in sound)
            sample += (float)(Room * (2 * random.NextDouble() - 1));
        if (bed == "none")
            return;
        var parts = bed.Split(':');
        var under = new float[sound.Length];
        switch (parts[0])
        {
            case "noise":
                FillNoise(under, random);
                break;
            case "music":
                FillMusic(under, random);
                break;
            default:
                FillBabble(under, voices, random);
                break;
        }

        var below = double.Parse(parts[1], CultureInfo.InvariantCulture);
        var gain = speech / Math.Max(Loudness(under), 1e-9) * Math.Pow(10, -below / 20);
        for (var i = 0; i < sound.Length; i++)
            sound[i] += (float)(gain * under[i]);
    }

    /// <summary>Root mean square of what is not silence.</summary>
    private static double Loudness(ReadOnlySpan<float> sound)
    {
        var (energy, count) = (0.0, 0);
        foreach (var sample in sound)
        {
            if (Math.Abs(sample) > 0.001f)
                (energy, count) = (energy + sample * sample, count + 1);
        }

        return Math.Sqrt(energy / Math.Max(count, 1));
    }

    private static void FillNoise(Span<float> under, Random random)
    {
        var low = 0.0;
        var swell = 0.05 + 0.2 * random.NextDouble();
        for (var i = 0; i < under.Length; i++)
        {
            low += 0.3 * (2 * random.NextDouble() - 1 - low);
            under[i] = (float)(low * (1 + 0.5 * Math.Sin(2 * Math.PI * swell * i / Rate)));
        }
    }

    /// <summary>Triads over a random root, with overtones that fade, struck anew at each beat.</summary>
    private static void FillMusic(Span<float> under, Random random)
    {
        var beat = (int)(Rate * (0.35 + 0.4 * random.NextDouble()));
        Span<double> tones = stackalloc double[3];
        for (var start = 0; start < under.Length; start += beat)
        {
            if (start / beat % 4 == 0)
            {
                var root = 110 * Math.Pow(2, random.Next(12) / 12.0);
                (tones[0], tones[1], tones[2]) = (root, root * Math.Pow(2, random.Next(3, 5) / 12.0), root * 1.5);
            }

            var strength = 0.4 + 0.6 * random.NextDouble();
            for (var i = start; i < Math.Min(start + beat, under.Length); i++)
            {
                double time = (double)i / Rate, value = 0;
                foreach (var tone in tones)
                {
                    for (var partial = 1; partial <= 4; partial++)
                        value += Math.Sin(2 * Math.PI * tone * partial * time) / partial;
                }

                under[i] = (float)(value * strength * Math.Exp(-3.0 * (i - start) / beat));
            }
        }
    }

    private static void FillBabble(Span<float> under, IReadOnlyList<Utterance> voices, Random random)
    {
        for (var speaker = 0; speaker < 5; speaker++)
        {
            var at = random.Next(Rate);
            while (at < under.Length)
            {
                var sound = voices[random.Next(voices.Count)].Sound;
                for (var i = 0; i < sound.Length && at + i < under.Length; i++)
                    under[at + i] += sound[i];
                at += sound.Length + random.Next(Rate / 2);
            }
        }
    }
}
