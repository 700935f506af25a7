using Fed.MediaQc.Features;
using Fed.MediaQc.Files;

namespace Fed.MediaQc.Plates;

/// <summary>What plate finders did before they learned: many upright edges where the characters are, few above and
/// below. It sees what the model sees.</summary>
public static class PlateBaseline
{
    /// <param name="validation">Of all houses; at least one sample of each class.</param>
    public static FixedThresholds Fit(IReadOnlyList<PatchSet> validation) =>
        FixedThresholds.Fit(validation, PlateClasses.Background, Measure);

    /// <summary>Nothing, and the density of upright edges in the middle less that at the edges.</summary>
    /// <param name="window">See <see cref="PlateWindow"/>.</param>
    public static double[] Measure(ReadOnlySpan<byte> window)
    {
        double inside = 0, outside = 0;
        for (var y = 0; y < PlateWindow.Height; y++)
        {
            double sum = 0;
            for (var x = 8; x < PlateWindow.Width - 8; x++)
                sum += Math.Abs(window[y * PlateWindow.Width + x + 1] - window[y * PlateWindow.Width + x]);
            if (y is >= 5 and < 11)
                inside += sum / 6;
            else if (y is < 2 or >= PlateWindow.Height - 2)
                outside += sum / 4;
        }

        return [0, inside - outside];
    }
}
