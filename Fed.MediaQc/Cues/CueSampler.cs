namespace Fed.MediaQc.Cues;

/// <summary>One labelled cue.</summary>
/// <param name="Source">Identifier of the recording that is said first in it.</param>
/// <param name="Planes">See <see cref="CueFeatures"/>.</param>
internal sealed record CueSample(CueClass Label, byte Severity, string Source, byte[] Planes);

/// <summary>
/// Puts faults into the right cues of a programme. What was done is not the label yet: the cue's distances to the
/// speech have to confirm it (<see cref="CueMeasures"/>).
/// </summary>
internal sealed class CueSampler(SpokenProgramme programme, Random random)
{
    private const double LeastShift = 0.35, MostShift = 2.15;

    /// <summary>The cue with a fault, or null where this fault cannot be put there.</summary>
    public CueSample? Sample(int index, CueClass wanted)
    {
        if (Disturb(index, wanted) is not ({ } cues, var at))
            return null;
        var measures = Measure(cues, at, index);
        if (measures.Label() != wanted)
            return null;
        var planes = new byte[CueFeatures.Length];
        CueFeatures.Extract(programme.Levels, cues, at, planes);
        var source = programme.Speech[programme.Spans[index].First].Utterance.Id;
        return new CueSample(wanted, measures.Severity(wanted), source, planes);
    }

    /// <returns>All cues with the fault, and where the cue stands among them now.</returns>
    private (IReadOnlyList<TimedCue> Cues, int At)? Disturb(int index, CueClass wanted) => wanted switch
    {
        CueClass.Ok => (programme.Cues, index),
        CueClass.Early => Move(index, -Shift()),
        CueClass.Late => Move(index, Shift()),
        CueClass.WrongText => random.Next(5) < 3 ? OtherText(index) : OtherPlace(index),
        _ => WithoutNeighbour(index),
    };

    /// <summary>As many small shifts as large ones, by ratio.</summary>
    private double Shift() => LeastShift * Math.Pow(MostShift / LeastShift, random.NextDouble());

    /// <summary>Half of the time all cues are off together, as in a file with an offset, else this one alone.</summary>
    private (IReadOnlyList<TimedCue>, int)? Move(int index, double offset) => random.Next(2) == 0
        ? MoveAll(index, offset)
        : Order(index, (i, cue) => i == index ? cue.Moved(offset) : cue);

    private (IReadOnlyList<TimedCue>, int)? MoveAll(int index, double offset) =>
        Order(index, (_, cue) => cue.Moved(offset));

    private (IReadOnlyList<TimedCue>, int)? OtherText(int index)
    {
        var letters = programme.Cues[random.Next(programme.Cues.Count)].Letters;
        return Order(index, (i, cue) => i == index ? cue with { Letters = letters } : cue);
    }

    /// <summary>The file of another version: this cue's speech is nowhere near.</summary>
    private (IReadOnlyList<TimedCue>, int)? OtherPlace(int index)
    {
        var offset = (random.Next(2) == 0 ? 1 : -1) * (4 + 40 * random.NextDouble());
        var moved = programme.Cues[index].Moved(offset);
        return moved.Start < 0 || moved.End > programme.Levels.Length ? null : MoveAll(index, offset);
    }

    private (IReadOnlyList<TimedCue>, int)? WithoutNeighbour(int index)
    {
        var gone = random.Next(3) switch { 0 => [index - 1], 1 => [index + 1], _ => new[] { index - 1, index + 1 } };
        var kept = Enumerable.Range(0, programme.Cues.Count).Where(i => !gone.Contains(i)).ToArray();
        return (Array.ConvertAll(kept, i => programme.Cues[i]), Array.IndexOf(kept, index));
    }

    private (IReadOnlyList<TimedCue>, int)? Order(int index, Func<int, TimedCue, TimedCue> change)
    {
        var changed = programme.Cues.Select((cue, i) => (Cue: change(i, cue), Index: i)).OrderBy(one => one.Cue.Start)
            .ToArray();
        return (Array.ConvertAll(changed, one => one.Cue), Array.FindIndex(changed, one => one.Index == index));
    }

    /// <param name="at">Place of the cue among <paramref name="cues"/>.</param>
    /// <param name="index">Its place among the right cues.</param>
    private CueMeasures Measure(IReadOnlyList<TimedCue> cues, int at, int index)
    {
        var (cue, span) = (cues[at], programme.Spans[index]);
        var elsewhere = programme.Speech.Min(said =>
            Math.Max(Math.Abs(said.Start - cue.Start), Math.Abs(said.End - cue.End)));
        return new CueMeasures(
            programme.Speech[span.First].Start - cue.Start,
            cue.End - programme.Speech[span.Last].End,
            elsewhere,
            (double)cue.Letters / programme.Cues[index].Letters,
            Uncovered(cues, cue));
    }

    private double Uncovered(IReadOnlyList<TimedCue> cues, TimedCue near)
    {
        double from = near.Start - CueMeasures.Neighbourhood, to = near.End + CueMeasures.Neighbourhood, sum = 0;
        foreach (var said in programme.Speech)
        {
            double start = Math.Max(said.Start, from), end = Math.Min(said.End, to);
            if (start < end)
                sum += end - start - cues.Sum(cue => Math.Max(0, Math.Min(end, cue.End) - Math.Max(start, cue.Start)));
        }

        return sum;
    }
}
