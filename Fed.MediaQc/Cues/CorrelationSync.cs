namespace Fed.MediaQc.Cues;

/// <summary>
/// The known way to find a subtitle file's timing, to be measured against: ffsubsync's cross-correlation of voice
/// activity, +1 or -1 every 10 ms, with where cues stand, for each ratio of frame rates. Voice activity is that of
/// energy: the mean of the bands above a threshold.
/// </summary>
public static class CorrelationSync
{
    /// <summary>Of <see cref="SoundLevels.Mean"/>.</summary>
    private const float VoiceThreshold = 0.5f;

    /// <param name="range">Seconds to each side.</param>
    /// <returns>The timing with the highest correlation. There is always one: this way knows no doubt.</returns>
    /// <exception cref="ArgumentException">There are no cues.</exception>
    public static CueTiming Estimate(SoundLevels sound, IReadOnlyList<TimedCue> cues, double range = 30)
    {
        if (cues.Count == 0)
            throw new ArgumentException("there are no cues to move; give at least one");
        var voice = VoiceSums(sound);
        var (best, most) = (CueTiming.None, int.MinValue);
        foreach (var scale in CueTiming.Scales)
        {
            for (var step = -(int)(range * SoundLevels.FrameRate); step <= range * SoundLevels.FrameRate; step++)
            {
                var timing = new CueTiming((double)step / SoundLevels.FrameRate, scale);
                var score = Correlate(voice, cues, timing);
                // Of equals the one that moves least.
                if (score > most || (score == most && Math.Abs(timing.Offset) < Math.Abs(best.Offset)))
                    (best, most) = (timing, score);
            }
        }

        return best;
    }

    /// <summary>Prefix sums of +1 for voice and -1 for none.</summary>
    private static int[] VoiceSums(SoundLevels sound)
    {
        var sums = new int[sound.Frames + 1];
        for (var i = 0; i < sound.Frames; i++)
        {
            var level = 0f;
            for (var band = 0; band < SoundLevels.Bands; band++)
                level += sound.Mean(band, i, i + 1) / SoundLevels.Bands;
            sums[i + 1] = sums[i] + (level > VoiceThreshold ? 1 : -1);
        }

        return sums;
    }

    /// <summary>Sum of voice x cue, both +1 or -1, from the first cue's start to the last one's end.</summary>
    private static int Correlate(int[] voice, IReadOnlyList<TimedCue> cues, CueTiming timing)
    {
        var under = 0;
        foreach (var cue in cues)
        {
            var moved = cue.Moved(timing.Offset, timing.Scale);
            under += Between(voice, moved.Start, moved.End);
        }

        var first = cues[0].Moved(timing.Offset, timing.Scale).Start;
        var last = cues[^1].Moved(timing.Offset, timing.Scale).End;
        return 2 * under - Between(voice, first, last);
    }

    private static int Between(int[] sums, double from, double to) => Sum(sums, to) - Sum(sums, from);

    private static int Sum(int[] sums, double time) =>
        sums[Math.Clamp((int)Math.Round(time * SoundLevels.FrameRate), 0, sums.Length - 1)];
}
