using Fed.MediaQc.Cues;
using Fed.MediaQc.Features;

namespace Fed.MediaQc.Programmes;

/// <summary>
/// A stretch of a programme as a model sees it: how the three pairs of its streams lie to each other, as
/// cross-correlations around no shift. Two windows of 64 bins: 20 ms each, to 0.64 s either way; and 100 ms, to
/// 3.2 s. A row belongs to one pair; docs/data.md lists them.
/// </summary>
public sealed class ProgrammeFeatures : IFeatures
{
    public const string Name = "streams-v1";

    /// <summary>Windows: fine, wide.</summary>
    public const int Windows = 2;

    public const int Rows = 8;

    public const int Bins = 64;

    public const int Length = Windows * Rows * Bins;

    /// <summary>Sound at the cues' starts and ends, and its onsets at their starts.</summary>
    internal const int SoundAtStarts = 0, SoundAtEnds = 1, OnsetsAtStarts = 2;

    /// <summary>Sound at the cuts, its onsets and its ends there.</summary>
    internal const int SoundAtCuts = 3, OnsetsAtCuts = 4, OffsetsAtCuts = 5;

    /// <summary>The cues' starts and ends at the cuts.</summary>
    internal const int StartsAtCuts = 6, EndsAtCuts = 7;

    /// <summary>Values are kept in 16 steps: more is noise, and does not compress.</summary>
    private const int Steps = 15;

    /// <summary>Onsets are mean differences of levels: a tenth is a clear one.</summary>
    private const float OnsetGain = 2.5f;

    public static readonly IReadOnlyList<int> StoredShape = [Windows, Rows, Bins];

    /// <summary>Of each pair of streams its rows: sound and cues, sound and pictures, pictures and cues.</summary>
    public static readonly IReadOnlyList<(string Name, Range Rows)> Pairs =
        [("sound and cues", 0..3), ("sound and pictures", 3..6), ("pictures and cues", 6..8)];

    public string Key => Name;

    public IReadOnlyList<int> OutputShape(IReadOnlyList<int> stored) =>
        stored.SequenceEqual(StoredShape)
            ? [Windows * Rows, 1, Bins]
            : throw new ArgumentException(
                $"{Name} needs maps of [{string.Join(',', StoredShape)}], not [{string.Join(',', stored)}]");

    public void Extract(ReadOnlySpan<byte> patch, IReadOnlyList<int> stored, Span<float> output)
    {
        for (var i = 0; i < patch.Length; i++)
            output[i] = (patch[i] / 255f - 0.35f) * 2.5f;
    }

    /// <summary>Frames of <see cref="SoundLevels"/> a bin.</summary>
    internal static int BinFrames(int window) => window == 0 ? 2 : 10;

    /// <summary>Fills the map of one stretch.</summary>
    /// <param name="from">Seconds; cues' edges and cuts from here on count.</param>
    /// <param name="to">Seconds; and before here.</param>
    /// <param name="map"><see cref="Length"/> bytes: window after window, row after row.</param>
    public static void Extract(ProgrammeStreams streams, double from, double to, Span<byte> map)
    {
        Moment[] starts = [.. Within(streams.Cues.Select(cue => new Moment(cue.Start, 1)))];
        Moment[] ends = [.. Within(streams.Cues.Select(cue => new Moment(cue.End, 1)))];
        Moment[] cuts = [.. Within(streams.Cuts.Select(cut => new Moment(cut.Time, cut.Strength)))];
        // Edges beyond the stretch are near a cut within it, too.
        double[] allStarts = [.. streams.Cues.Select(cue => cue.Start)];
        double[] allEnds = [.. streams.Cues.Select(cue => cue.End)];
        Array.Sort(allEnds);
        Span<float> row = stackalloc float[Bins];
        for (var window = 0; window < Windows; window++)
        {
            for (var which = 0; which < Rows; which++)
            {
                row.Clear();
                switch (which)
                {
                    case StartsAtCuts:
                        Count(allStarts, cuts, window, row);
                        break;
                    case EndsAtCuts:
                        Count(allEnds, cuts, window, row);
                        break;
                    default:
                        var moments = which < SoundAtCuts ? which == SoundAtEnds ? ends : starts : cuts;
                        Average(streams.Curves, moments, which, window, row);
                        break;
                }

                Store(row, map[((window * Rows + which) * Bins)..]);
            }
        }

        IEnumerable<Moment> Within(IEnumerable<Moment> all) => all.Where(one => one.Time >= from && one.Time < to);
    }

    private readonly record struct Moment(double Time, float Weight);

    /// <summary>The weighted mean, over the moments, of what the sound does at each lag.</summary>
    private static void Average(SoundCurves sound, Moment[] moments, int which, int window, Span<float> row)
    {
        var width = BinFrames(window);
        var sum = 0f;
        foreach (var (time, weight) in moments)
        {
            sum += weight;
            var frame = (int)Math.Round(time * SoundLevels.FrameRate);
            for (var bin = 0; bin < Bins; bin++)
            {
                var at = frame + (bin - Bins / 2) * width;
                row[bin] += weight * which switch
                {
                    SoundAtStarts or SoundAtEnds or SoundAtCuts => sound.Loudness(window, at),
                    OffsetsAtCuts => Math.Max(0, -OnsetGain * sound.Rise(at + width / 2)),
                    _ => Math.Max(0, OnsetGain * sound.Rise(at + width / 2)),
                };
            }
        }

        if (sum > 0)
        {
            foreach (ref var value in row)
                value /= sum;
        }
    }

    /// <summary>How many of the edges lie at each lag of a cut, a share of the cuts; drawn as its root, since most
    /// shares are small.</summary>
    private static void Count(double[] edges, Moment[] cuts, int window, Span<float> row)
    {
        var width = (double)BinFrames(window) / SoundLevels.FrameRate;
        // An edge counts for the bins around it, too: there are few.
        var reach = window == 0 ? 3 : 1;
        var sum = 0f;
        foreach (var (time, weight) in cuts)
        {
            sum += weight;
            var furthest = width * (Bins / 2 + reach);
            var first = Array.BinarySearch(edges, time - furthest);
            for (var i = first < 0 ? ~first : first; i < edges.Length && edges[i] < time + furthest; i++)
            {
                // Bins are shares of time; their middles count.
                var place = (edges[i] - time) / width + Bins / 2 - 0.5;
                for (var bin = Math.Max(0, (int)Math.Ceiling(place - reach));
                    bin < Bins && bin < place + reach; bin++)
                {
                    row[bin] += weight * (float)(1 - Math.Abs(bin - place) / reach);
                }
            }
        }

        if (sum > 0)
        {
            foreach (ref var value in row)
                value = MathF.Sqrt(value / sum);
        }
    }

    private static void Store(ReadOnlySpan<float> row, Span<byte> stored)
    {
        for (var bin = 0; bin < Bins; bin++)
            stored[bin] = (byte)((int)MathF.Round(Math.Clamp(row[bin], 0, 1) * Steps) * 255 / Steps);
    }
}
