using Fed.MediaQc.Features;
using Fed.MediaQc.Files;

namespace Fed.MediaQc.Programmes;

/// <summary>
/// What rules without learning make of a stretch, to be measured against: each pair of streams has the shift of its
/// best cross-correlation, less the one that is usual in sync; the stream whose displacement explains the three shifts
/// best is the one. The thresholds are the best ones over stretches that are given.
/// </summary>
/// <param name="Usual">Shifts in sync.</param>
/// <param name="Off">Seconds from which a stream is displaced.</param>
/// <param name="Cap">Seconds: no pair counts for more, since one may have found a neighbour.</param>
/// <param name="Gain">Seconds by which a displacement has to explain the shifts better than none.</param>
public sealed record StreamBaseline(PairShifts Usual, double Off, double Cap, double Gain) : ISampleRules
{
    private static readonly double[] s_offs = [0.04, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.3];
    private static readonly double[] s_caps = [0.1, 0.2, 0.4, 0.8, 1.6, 6];
    private static readonly double[] s_gains = [0, 0.02, 0.05, 0.1, 0.2, 0.4];

    /// <summary>The thresholds with the best mean recall over the classes.</summary>
    /// <exception cref="ArgumentException">There are no stretches in sync.</exception>
    public static StreamBaseline Fit(IReadOnlyList<PatchSet> sets)
    {
        var known = sets.SelectMany(set => Enumerable.Range(0, set.Count).Select(i =>
            (Shifts: PairShifts.Measure(set.Patch(i)), Label: set.Labels[i]))).ToArray();
        var usual = PairShifts.Middle(
            [.. known.Where(one => one.Label == (byte)StreamClass.InSync).Select(one => one.Shifts)]);
        var all = from off in s_offs
                  from cap in s_caps
                  from gain in s_gains
                  select new StreamBaseline(usual, off, cap, gain);
        return all.MaxBy(one => one.MeanRecall(known))!;
    }

    /// <param name="map">Of <see cref="ProgrammeFeatures"/>.</param>
    public StreamClass Classify(ReadOnlySpan<byte> map) => Label(Explain(PairShifts.Measure(map)));

    /// <param name="map">Of <see cref="ProgrammeFeatures"/>.</param>
    /// <returns>Which stream is displaced, and by how much; <see cref="Displacement.None"/> in sync.</returns>
    public Displacement Explain(ReadOnlySpan<byte> map) => Explain(PairShifts.Measure(map));

    byte ISampleRules.Classify(ReadOnlySpan<byte> sample) => (byte)Classify(sample);

    private static StreamClass Label(Displacement displacement) => displacement == Displacement.None
        ? StreamClass.InSync
        : Displacement.OfStream(displacement.Stream, displacement.Seconds > 0);

    private Displacement Explain(PairShifts measured)
    {
        var shifts = measured.Less(Usual);
        var (best, least) = (Displacement.None, shifts.Unexplained(Displacement.None, Cap) - Gain);
        foreach (var candidate in shifts.Candidates())
        {
            var rest = shifts.Unexplained(candidate, Cap);
            if (Math.Abs(candidate.Seconds) >= Off && rest < least)
                (best, least) = (candidate, rest);
        }

        return best;
    }

    private double MeanRecall((PairShifts Shifts, byte Label)[] known) => known.GroupBy(one => one.Label)
        .Average(group => group.Average(one => (byte)Label(Explain(one.Shifts)) == one.Label ? 1.0 : 0));
}

/// <summary>By how many seconds one stream of each pair comes after the other, as the pair's best cross-correlation
/// says.</summary>
/// <param name="SoundBehindCues">From the product of sound and cues.</param>
/// <param name="SoundBehindCuts">From onsets of the sound at cuts.</param>
/// <param name="CuesBehindCuts">From starts of cues at cuts.</param>
public readonly record struct PairShifts(double SoundBehindCues, double SoundBehindCuts, double CuesBehindCuts)
{
    private const int Bins = ProgrammeFeatures.Bins;

    /// <summary>Seconds: nearer than this the fine window is looked at.</summary>
    private const double Fine = 0.5;

    /// <param name="map">Of <see cref="ProgrammeFeatures"/>.</param>
    public static PairShifts Measure(ReadOnlySpan<byte> map) =>
        new(Peak(map, Overlap), Peak(map, Onsets), Peak(map, Starts));

    /// <summary>The median of each.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    internal static PairShifts Middle(IReadOnlyList<PairShifts> all)
    {
        return all.Count == 0
            ? throw new ArgumentException("there are no stretches in sync to fit thresholds to; give at least one")
            : new(
                Of(one => one.SoundBehindCues), Of(one => one.SoundBehindCuts), Of(one => one.CuesBehindCuts));

        double Of(Func<PairShifts, double> shift) => all.Select(shift).Order().ElementAt(all.Count / 2);
    }

    internal PairShifts Less(PairShifts other) => new(
        SoundBehindCues - other.SoundBehindCues,
        SoundBehindCuts - other.SoundBehindCuts,
        CuesBehindCuts - other.CuesBehindCuts);

    /// <summary>The displacements that explain a pair wholly.</summary>
    internal Displacement[] Candidates() =>
    [
        new(Modality.Sound, SoundBehindCues), new(Modality.Sound, SoundBehindCuts),
        new(Modality.Picture, -SoundBehindCuts), new(Modality.Picture, -CuesBehindCuts),
        new(Modality.Cues, -SoundBehindCues), new(Modality.Cues, CuesBehindCuts),
    ];

    /// <summary>Seconds that a displacement leaves, the sum over the pairs of what each leaves.</summary>
    internal double Unexplained(Displacement by, double cap)
    {
        var rest = by.Stream switch
        {
            Modality.Sound => Less(new(by.Seconds, by.Seconds, 0)),
            Modality.Picture => Less(new(0, -by.Seconds, -by.Seconds)),
            _ => Less(new(-by.Seconds, 0, by.Seconds)),
        };
        return Math.Min(cap, Math.Abs(rest.SoundBehindCues)) + Math.Min(cap, Math.Abs(rest.SoundBehindCuts))
            + Math.Min(cap, Math.Abs(rest.CuesBehindCuts));
    }

    private delegate void Correlation(ReadOnlySpan<byte> map, int window, Span<double> values);

    /// <summary>Sound x cues: from one lag to the next it gains the sound at the ends and loses that at the
    /// starts.</summary>
    private static void Overlap(ReadOnlySpan<byte> map, int window, Span<double> values)
    {
        var starts = Row(map, window, ProgrammeFeatures.SoundAtStarts);
        var ends = Row(map, window, ProgrammeFeatures.SoundAtEnds);
        for (var bin = 1; bin < Bins; bin++)
            values[bin] = values[bin - 1] + ends[bin - 1] - starts[bin - 1];
    }

    private static void Onsets(ReadOnlySpan<byte> map, int window, Span<double> values) =>
        Smooth(Row(map, window, ProgrammeFeatures.OnsetsAtCuts), values);

    private static void Starts(ReadOnlySpan<byte> map, int window, Span<double> values) =>
        Smooth(Row(map, window, ProgrammeFeatures.StartsAtCuts), values);

    private static void Smooth(ReadOnlySpan<byte> row, Span<double> values)
    {
        for (var bin = 1; bin < Bins - 1; bin++)
            values[bin] = row[bin - 1] + 2 * row[bin] + row[bin + 1];
    }

    private static double Peak(ReadOnlySpan<byte> map, Correlation correlation)
    {
        var wide = Peak(map, 1, correlation);
        return Math.Abs(wide) < Fine ? Peak(map, 0, correlation) : wide;
    }

    private static double Peak(ReadOnlySpan<byte> map, int window, Correlation correlation)
    {
        Span<double> values = stackalloc double[Bins];
        values.Clear();
        correlation(map, window, values);
        var best = Bins / 2;
        for (var bin = 0; bin < Bins; bin++)
        {
            // Of equals the smallest shift.
            if (values[bin] > values[best]
                || (values[bin] == values[best] && Math.Abs(bin - Bins / 2) < Math.Abs(best - Bins / 2)))
            {
                best = bin;
            }
        }

        return (best - Bins / 2) * (double)ProgrammeFeatures.BinFrames(window) / Cues.SoundLevels.FrameRate;
    }

    private static ReadOnlySpan<byte> Row(ReadOnlySpan<byte> map, int window, int row) =>
        map.Slice((window * ProgrammeFeatures.Rows + row) * Bins, Bins);
}
