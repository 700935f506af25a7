using Fed.MediaQc.Features;
using Fed.MediaQc.Subtitles;

namespace Fed.MediaQc.Cues;

/// <summary>
/// A cue and the sound around it, as a model sees them: 3.2 s before and after the cue's start, and the same around its
/// end, in bins of 100 ms. Both edges always stand at the same bin, so a network need not look for them. docs/data.md
/// lists the rows.
/// </summary>
public sealed class CueFeatures : IFeatures
{
    public const string Name = "cues-v1";

    /// <summary>Windows: around the start, around the end.</summary>
    public const int Windows = 2;

    public const int Rows = 8;

    public const int Bins = 64;

    public const int Length = Windows * Rows * Bins;

    /// <summary>Frames of <see cref="SoundLevels"/> a bin.</summary>
    public const int BinFrames = SoundLevels.FrameRate / 10;

    /// <summary>Seconds that a letter takes to be said: 15 letters a second, about the mean of five voices.</summary>
    public const double SecondsPerLetter = 1 / 15.0;

    /// <summary>Rows behind those of the bands.</summary>
    internal const int ThisCue = SoundLevels.Bands, OtherCues = ThisCue + 1;

    private const int Text = ThisCue + 2, Bar = ThisCue + 3;

    /// <summary>Levels are kept in 16 steps: more is noise, and does not compress.</summary>
    private const int Steps = 15;

    /// <summary>Letters a second at the end of the bar.</summary>
    private const double MostLettersPerSecond = 32;

    public static readonly IReadOnlyList<int> StoredShape = [Windows, Rows, Bins];

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

    /// <summary>Fills the map of one cue.</summary>
    /// <param name="sound">Of the programme.</param>
    /// <param name="cues">All cues of the programme, in the order of their starts.</param>
    /// <param name="index">The cue.</param>
    /// <param name="planes"><see cref="Length"/> bytes: window after window, row after row.</param>
    public static void Extract(SoundLevels sound, IReadOnlyList<TimedCue> cues, int index, Span<byte> planes)
    {
        var cue = cues[index];
        var said = Math.Max(1, (int)Math.Round(cue.Letters * SecondsPerLetter * SoundLevels.FrameRate));
        planes.Clear();
        for (var window = 0; window < Windows; window++)
        {
            var rows = planes.Slice(window * Rows * Bins, Rows * Bins);
            var edge = Frame(window == 0 ? cue.Start : cue.End);
            var first = edge - Bins / 2 * BinFrames;
            FillLevels(sound, first, rows);
            Cover(rows[(ThisCue * Bins)..], first, Frame(cue.Start), Frame(cue.End));
            FillOthers(cues, index, first, rows[(OtherCues * Bins)..]);
            Cover(
                rows[(Text * Bins)..], first, window == 0 ? edge : edge - said, window == 0 ? edge + said : edge);
        }

        // Numbers as bars, beside rows in which time runs.
        Fill(planes[(Bar * Bins)..], cue.Letters / Math.Max(cue.End - cue.Start, 0.1) / MostLettersPerSecond);
        Fill(planes[((Rows + Bar) * Bins)..], VoicedShare(sound, cue, said));
    }

    private static void FillLevels(SoundLevels sound, int first, Span<byte> rows)
    {
        for (var band = 0; band < SoundLevels.Bands; band++)
        {
            for (var bin = 0; bin < Bins; bin++)
            {
                var from = first + bin * BinFrames;
                var level = (int)MathF.Round(sound.Mean(band, from, from + BinFrames) * Steps);
                rows[band * Bins + bin] = (byte)(level * 255 / Steps);
            }
        }
    }

    private static void FillOthers(IReadOnlyList<TimedCue> cues, int index, int first, Span<byte> row)
    {
        var last = first + Bins * BinFrames;
        for (var i = index - 1; i >= 0 && Frame(cues[i].Start) > first - 30 * SoundLevels.FrameRate; i--)
            Cover(row, first, Frame(cues[i].Start), Frame(cues[i].End));
        for (var i = index + 1; i < cues.Count && Frame(cues[i].Start) < last; i++)
            Cover(row, first, Frame(cues[i].Start), Frame(cues[i].End));
    }

    /// <summary>Adds to each bin the share of it that lies between two frames.</summary>
    private static void Cover(Span<byte> row, int first, int from, int to)
    {
        var start = Math.Max(from - first, 0);
        var end = Math.Min(to - first, Bins * BinFrames);
        for (var bin = start / BinFrames; bin * BinFrames < end; bin++)
        {
            var frames = Math.Min(end, (bin + 1) * BinFrames) - Math.Max(start, bin * BinFrames);
            row[bin] = (byte)Math.Min(255, row[bin] + frames * 255 / BinFrames);
        }
    }

    private static void Fill(Span<byte> row, double share) =>
        row[..(int)Math.Round(Math.Clamp(share, 0, 1) * Bins)].Fill(255);

    /// <summary>Half where the sound of the cue's time is as long as the text lets expect; a doubling is a
    /// quarter.</summary>
    private static double VoicedShare(SoundLevels sound, TimedCue cue, int said)
    {
        int from = Frame(cue.Start), to = Math.Max(from + 1, Frame(cue.End));
        var loudness = 0.0;
        for (var band = 0; band < SoundLevels.Bands; band++)
            loudness += sound.Mean(band, from, to) / SoundLevels.Bands;
        return 0.5 + Math.Log2(Math.Max(loudness * (to - from), 1) / said) / 4;
    }

    private static int Frame(double seconds) => (int)Math.Round(seconds * SoundLevels.FrameRate);
}

/// <summary>What counts of a cue here.</summary>
/// <param name="Start">Seconds.</param>
/// <param name="End">Seconds, after the start.</param>
/// <param name="Letters">Letters of its text, see <see cref="CountLetters"/>.</param>
public readonly record struct TimedCue(double Start, double End, int Letters)
{
    /// <summary>Letters that a digit stands for when it is said.</summary>
    private const int LettersPerDigit = 4;

    public TimedCue Moved(double offset, double scale = 1) =>
        new(Start * scale + offset, End * scale + offset, Letters);

    /// <summary>Of a file's cues, those that have text and last, in the order of their starts.</summary>
    public static IReadOnlyList<TimedCue> From(IEnumerable<Cue> cues) =>
    [
        .. cues.Select(cue => new TimedCue(cue.Start, cue.End, cue.Lines.Sum(CountLetters)))
            .Where(cue => cue.End > cue.Start && cue.Letters > 0)
            .OrderBy(cue => cue.Start),
    ];

    /// <returns>Letters of any script; a digit counts as four, since it is said as a word.</returns>
    public static int CountLetters(string text) =>
        text.Sum(c => char.IsLetter(c) ? 1 : char.IsDigit(c) ? LettersPerDigit : 0);
}
