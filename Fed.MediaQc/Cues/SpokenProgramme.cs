namespace Fed.MediaQc.Cues;

/// <summary>
/// A programme put together of utterances with pauses between them and a bed below, so that it is known what is said
/// when; and its cues as a house sets them.
/// </summary>
internal sealed class SpokenProgramme
{
    /// <summary>Seconds: over a shorter pause one cue may go on.</summary>
    private const double ShortPause = 0.6;

    /// <summary>Seconds that one cue stands at most.</summary>
    private const double LongestCue = 7;

    /// <summary>A pause in so many is a scene without speech.</summary>
    private const int ScenePauses = 14;

    private SpokenProgramme(float[] sound, IReadOnlyList<Said> said, IReadOnlyList<Span> spans)
    {
        Sound = sound;
        Speech = said;
        Spans = spans;
        Levels = SoundLevels.Measure(sound);
        Cues = [.. spans.Select(span => span.Cue)];
    }

    /// <summary>Mono, 8 kHz.</summary>
    public float[] Sound { get; }

    public SoundLevels Levels { get; }

    /// <summary>In the order of time.</summary>
    public IReadOnlyList<Said> Speech { get; }

    /// <summary>One a cue.</summary>
    public IReadOnlyList<Span> Spans { get; }

    /// <summary>The right ones.</summary>
    public IReadOnlyList<TimedCue> Cues { get; }

    /// <summary>An utterance in its place, seconds.</summary>
    public sealed record Said(Utterance Utterance, double Start, double End);

    /// <summary>A cue, and the first and last of <see cref="Speech"/> that it is for.</summary>
    public sealed record Span(TimedCue Cue, int First, int Last);

    /// <param name="utterances">To choose from, each as seldom as may be.</param>
    /// <param name="count">Utterances of the programme.</param>
    public static SpokenProgramme Make(
        IReadOnlyList<Utterance> utterances, CueHabits habits, string bed, int count, Random random)
    {
        var said = new List<Said>();
        var time = 1 + 4 * random.NextDouble();
        var order = utterances.ToArray();
        for (var i = 0; i < count; i++)
        {
            if (i % order.Length == 0)
                random.Shuffle(order);
            var one = order[i % order.Length];
            // Whole samples, so that the sound stands where the times say.
            time = Math.Round(time * SoundLevels.SampleRate) / SoundLevels.SampleRate;
            said.Add(new Said(one, time, time + one.Length));
            time += one.Length + Pause(habits, random);
        }

        var sound = new float[(int)((time + 2) * SoundLevels.SampleRate)];
        foreach (var one in said)
            one.Utterance.Sound.CopyTo(sound, (int)Math.Round(one.Start * SoundLevels.SampleRate));
        SoundBed.Add(bed, sound, utterances, random);
        return new SpokenProgramme(sound, said, [.. SetCues(said, habits, random)]);
    }

    private static double Pause(CueHabits habits, Random random)
    {
        if (random.Next(ScenePauses) == 0)
            return 4 + 5 * random.NextDouble();
        // As many short pauses as long ones, by ratio.
        double least = Math.Max(habits.Pauses[0], 0.05), most = Math.Max(habits.Pauses[1], least);
        return least * Math.Pow(most / least, random.NextDouble());
    }

    private static IEnumerable<Span> SetCues(List<Said> said, CueHabits habits, Random random)
    {
        var earliest = 0.0;
        for (var first = 0; first < said.Count;)
        {
            var last = first;
            while (last + 1 < said.Count && said[last + 1].Start - said[last].End < ShortPause
                && said[last + 1].End - said[first].Start < LongestCue && random.NextDouble() < habits.Merge)
                last++;
            var start = Math.Max(earliest, Snap(said[first].Start - Draw(habits.LeadIn)));
            var end = Snap(said[last].End + Draw(habits.Tail));
            if (last + 1 < said.Count)
            {
                // The next one shall have its lead-in, too.
                end = Math.Min(end, Snap(said[last + 1].Start - habits.LeadIn[0]));
                end = Math.Max(end, Snap(said[last].End));
            }

            var letters = said.Skip(first).Take(last + 1 - first).Sum(one => one.Utterance.Letters);
            yield return new Span(new TimedCue(start, end, letters), first, last);
            (earliest, first) = (end, last + 1);
        }

        double Draw(double[] range) => range[0] + (range[1] - range[0]) * random.NextDouble();

        double Snap(double time) => Math.Max(0, Math.Round(time * habits.FrameRate) / habits.FrameRate);
    }
}
