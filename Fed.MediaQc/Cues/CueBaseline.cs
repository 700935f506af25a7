using Fed.MediaQc.Features;
using Fed.MediaQc.Files;

namespace Fed.MediaQc.Cues;

/// <summary>
/// What rules without learning make of a cue, to be measured against: the shift at which the cue correlates best with
/// voice activity, as ffsubsync does for whole files; voice that no cue covers; the text's length for its sound. The
/// thresholds are the best ones over cues that are given.
/// </summary>
/// <param name="Shift">Bins of 100 ms from which a cue is early or late.</param>
/// <param name="Gain">Share of the bins that must agree in addition once the cue is moved, 0 to 1.</param>
/// <param name="Uncovered">Bins of voice without a cue from which a neighbour is missing.</param>
/// <param name="Text">Distance from 0.5 of the bar that compares text and sound (see <see cref="CueFeatures"/>) from
/// which the text is wrong.</param>
public sealed record CueBaseline(int Shift, double Gain, int Uncovered, double Text) : ISampleRules
{
    private const int Bins = CueFeatures.Bins;

    /// <summary>Bins to each side: 2.2 s, as far as a cue counts as early or late.</summary>
    private const int MostShift = 22;

    /// <summary>The thresholds with the best mean recall over the classes.</summary>
    /// <exception cref="ArgumentException">There are no cues.</exception>
    public static CueBaseline Fit(IReadOnlyList<PatchSet> sets)
    {
        var known = sets.SelectMany(set => Enumerable.Range(0, set.Count).Select(i =>
            (Measures: Measure(set.Patch(i)), Label: set.Labels[i]))).ToArray();
        if (known.Length == 0)
            throw new ArgumentException("there are no cues to fit thresholds to; give at least one");
        var all = from shift in Enumerable.Range(1, 10)
                  from gain in Enumerable.Range(0, 8)
                  from uncovered in Enumerable.Range(0, 10)
                  from text in Enumerable.Range(1, 10)
                  select new CueBaseline(shift, gain / 20.0, 2 * uncovered + 2, text / 20.0);
        return all.MaxBy(one => one.MeanRecall(known))!;
    }

    /// <param name="map">Of <see cref="CueFeatures"/>.</param>
    public CueClass Classify(ReadOnlySpan<byte> map) => Classify(Measure(map));

    byte ISampleRules.Classify(ReadOnlySpan<byte> sample) => (byte)Classify(sample);

    private CueClass Classify(Measures cue) => cue switch
    {
        { Gain: var gain } when gain >= Gain && Math.Abs(cue.Shift) >= Shift =>
            cue.Shift > 0 ? CueClass.Early : CueClass.Late,
        _ when cue.Uncovered >= Uncovered => CueClass.MissingNeighbour,
        _ when Math.Abs(cue.Text - 0.5) >= Text => CueClass.WrongText,
        _ => CueClass.Ok,
    };

    private double MeanRecall((Measures Measures, byte Label)[] known)
    {
        Span<int> right = stackalloc int[CueClasses.Names.Count];
        Span<int> all = stackalloc int[right.Length];
        foreach (var (measures, label) in known)
        {
            all[label]++;
            right[label] += (byte)Classify(measures) == label ? 1 : 0;
        }

        var sum = 0.0;
        for (var i = 0; i < all.Length; i++)
            sum += all[i] > 0 ? (double)right[i] / all[i] : 0;
        return sum;
    }

    /// <param name="Shift">Bins by which the voice lies after the cue.</param>
    /// <param name="Gain">Share of the bins that agree more than without a shift.</param>
    /// <param name="Uncovered">Bins of voice without a cue.</param>
    /// <param name="Text">0 to 1.</param>
    private readonly record struct Measures(int Shift, double Gain, int Uncovered, double Text);

    private static Measures Measure(ReadOnlySpan<byte> map)
    {
        Span<bool> voice = stackalloc bool[CueFeatures.Windows * Bins];
        for (var i = 0; i < voice.Length; i++)
        {
            var level = 0;
            for (var band = 0; band < SoundLevels.Bands; band++)
                level += Row(map, i / Bins, band)[i % Bins];
            voice[i] = level > 255 * SoundLevels.Bands / 2;
        }

        var uncovered = 0;
        // Before the start in the first window, behind the end in the second: no bin counts twice.
        for (var i = 0; i < Bins / 2; i++)
        {
            uncovered += IsUncovered(map, voice, 0, i) ? 1 : 0;
            uncovered += IsUncovered(map, voice, 1, Bins / 2 + i) ? 1 : 0;
        }

        var bar = Row(map, 1, CueFeatures.Rows - 1);
        var (shift, gain) = BestShift(map, voice);
        return new Measures(shift, gain, uncovered, (double)bar.Count((byte)255) / Bins);
    }

    private static bool IsUncovered(ReadOnlySpan<byte> map, ReadOnlySpan<bool> voice, int window, int bin) =>
        voice[window * Bins + bin] && Row(map, window, CueFeatures.ThisCue)[bin] < 128
        && Row(map, window, CueFeatures.OtherCues)[bin] < 128;

    private static (int Shift, double Gain) BestShift(ReadOnlySpan<byte> map, ReadOnlySpan<bool> voice)
    {
        var unmoved = Agreement(map, voice, 0);
        var (best, most) = (0, unmoved);
        for (var shift = -MostShift; shift <= MostShift; shift++)
        {
            var mean = Agreement(map, voice, shift);
            // Of equals the smallest shift.
            if (mean > most || (mean == most && Math.Abs(shift) < Math.Abs(best)))
                (best, most) = (shift, mean);
        }

        return (best, most - unmoved);
    }

    /// <returns>Share of the bins in which there is voice where the moved cue is and none where it is not; bins of
    /// other cues do not count.</returns>
    private static double Agreement(ReadOnlySpan<byte> map, ReadOnlySpan<bool> voice, int shift)
    {
        var (agreed, compared) = (0, 0);
        for (var window = 0; window < CueFeatures.Windows; window++)
        {
            var cue = Row(map, window, CueFeatures.ThisCue);
            var others = Row(map, window, CueFeatures.OtherCues);
            for (var bin = Math.Max(0, -shift); bin < Math.Min(Bins, Bins - shift); bin++)
            {
                if (others[bin + shift] >= 128)
                    continue;
                compared++;
                agreed += cue[bin] >= 128 == voice[window * Bins + bin + shift] ? 1 : 0;
            }
        }

        return (double)agreed / Math.Max(compared, 1);
    }

    private static ReadOnlySpan<byte> Row(ReadOnlySpan<byte> map, int window, int row) =>
        map.Slice((window * CueFeatures.Rows + row) * Bins, Bins);
}
