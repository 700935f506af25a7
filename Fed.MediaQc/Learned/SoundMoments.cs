using Fed.MediaQc.Audio;

namespace Fed.MediaQc.Learned;

/// <summary>
/// What is measured of a moment before a model is believed: words end and begin in every second of speech, and to a
/// model that sees 32 frames of it many a pause is like a dropout, and many an emphasis like a jump of the level.
/// </summary>
internal static class SoundMoments
{
    /// <summary>Decibels by which sound falls into a dropout, and rises out of it: no mouth closes so fast.</summary>
    public const float DropoutEdge = 30;

    /// <summary>Decibels by which the level differs before and behind a jump.</summary>
    public const float JumpStep = 6;

    /// <summary>Levels, a quarter of a second each, that are looked at on either side of a jump.</summary>
    private const int Side = 12;

    /// <summary>Decibels of full scale: where nobody speaks on one side, there is no jump.</summary>
    private const float LeastLevel = -50;

    /// <summary>5 ms.</summary>
    private const int Block = AudioFeatures.SampleRate / 200;

    private const int Blocks = AudioFeatures.SampleRate / Block;

    /// <summary>Of 5 ms blocks; the longest dropout of the task.</summary>
    private const int Longest = 100;

    /// <summary>Speech is this far below the second's mean at most, dB.</summary>
    private const float SpeechRange = 20;

    /// <summary>Decibels by which speech falls within 10 ms, and by which it is back within 10 ms, half a second later
    /// at most: the smaller of both, of the most abrupt gap.</summary>
    /// <param name="second">8000 samples.</param>
    public static float Gap(ReadOnlySpan<float> second)
    {
        Span<float> levels = stackalloc float[Blocks];
        for (var i = 0; i < Blocks; i++)
            levels[i] = Level(second.Slice(i * Block, Block));
        var (speech, most) = (Level(second) - SpeechRange, 0f);
        for (var i = 0; i + 2 < Blocks; i++)
        {
            var fall = levels[i] - levels[i + 2];
            if (levels[i] < speech || fall <= most)
                continue;
            var back = i + 3;
            while (back < Blocks && levels[back] < speech)
                back++;
            if (back < Blocks && back < i + 3 + Longest)
                most = Math.Max(most, Math.Min(fall, levels[back] - levels[back - 2]));
        }

        return most;
    }

    /// <summary>Root mean square, dB of full scale; -100 for nothing.</summary>
    public static float Level(ReadOnlySpan<float> sound) => 20 * MathF.Log10(Sound.Rms(sound) + 1e-5f);

    /// <summary>Decibels between how loud it is in the three seconds before a moment and in those from it on.</summary>
    /// <param name="levels">Of quarters of a second.</param>
    /// <param name="at">The first one that is behind the moment.</param>
    public static float Step(ReadOnlySpan<float> levels, int at)
    {
        at = Math.Min(at, levels.Length);
        var before = Loud(levels[Math.Max(0, at - Side)..at]);
        var behind = Loud(levels[at..Math.Min(levels.Length, at + Side)]);
        return Math.Min(before, behind) > LeastLevel ? Math.Abs(before - behind) : 0;
    }

    // What a tenth exceeds: pauses do not count.
    private static float Loud(ReadOnlySpan<float> levels)
    {
        if (levels.Length == 0)
            return float.NegativeInfinity;
        Span<float> sorted = stackalloc float[levels.Length];
        levels.CopyTo(sorted);
        sorted.Sort();
        return sorted[9 * (sorted.Length - 1) / 10];
    }
}
