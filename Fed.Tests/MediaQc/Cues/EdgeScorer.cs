using Fed.MediaQc.Cues;

namespace Fed.Tests.MediaQc.Cues;

/// <summary>A fixed judge: a cue is right where sound begins at its start and ends at its end.</summary>
internal sealed class EdgeScorer : ICueScorer
{
    private const int Bins = CueFeatures.Bins;

    public int Scored { get; private set; }

    public void Score(ReadOnlySpan<byte> planes, Span<float> probabilities)
    {
        var classes = CueClasses.Names.Count;
        for (var i = 0; i < planes.Length / CueFeatures.Length; i++, Scored++)
        {
            var map = planes.Slice(i * CueFeatures.Length, CueFeatures.Length);
            var fits = Step(map, 0, 1) && Step(map, 1, -1);
            var row = probabilities.Slice(i * classes, classes);
            row.Fill(fits ? 0.01f : 0.24f);
            row[0] = fits ? 0.96f : 0.04f;
        }
    }

    private static bool Step(ReadOnlySpan<byte> map, int window, int direction)
    {
        var step = 0;
        for (var band = 0; band < SoundLevels.Bands; band++)
        {
            var row = map.Slice((window * CueFeatures.Rows + band) * Bins, Bins);
            for (var i = 1; i <= 3; i++)
                step += direction * (row[Bins / 2 + i - 1] - row[Bins / 2 - i]);
        }

        return step > 255 * SoundLevels.Bands * 3 / 3;
    }
}
