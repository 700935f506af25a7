namespace Fed.MediaQc.Plates;

/// <summary>
/// What a sample is of: a piece of a picture in the shape of a plate, with a margin, small, and so normalised that
/// light and contrast do not matter.
/// </summary>
public static class PlateWindow
{
    /// <summary>Pixels.</summary>
    public const int Width = 64;

    /// <summary>Pixels.</summary>
    public const int Height = 16;

    public const int Length = Width * Height;

    /// <summary>What a plate fills of it, in one direction at least.</summary>
    public const int InnerWidth = 48;

    /// <summary>Likewise.</summary>
    public const int InnerHeight = 12;

    public const double InnerAspect = (double)InnerWidth / InnerHeight;

    /// <summary>Stored values are below.</summary>
    public const int Levels = 16;

    /// <summary>Stored value of the mean.</summary>
    public const int Centre = 8;

    /// <summary>Stored values of a standard deviation.</summary>
    public const int Spread = 3;

    /// <summary>Standard deviation, levels of 256, below which there is no more contrast to be had.</summary>
    private const double LeastContrast = 4;

    /// <summary>A plate whose <see cref="PlateBox.InWindowShape"/> meets a window's inner part so much is seen by it.
    /// </summary>
    public const double PlateOverlap = 0.55;

    /// <summary>Below this, it is not.</summary>
    public const double BackgroundOverlap = 0.2;

    /// <summary>Luma to stored values: mean 8, standard deviation 3, 0 to 15.</summary>
    /// <param name="luma">16 rows of 64.</param>
    /// <param name="stored">Likewise; may be the same.</param>
    public static void Normalise(ReadOnlySpan<byte> luma, Span<byte> stored)
    {
        int sum = 0, squares = 0;
        foreach (var value in luma)
        {
            sum += value;
            squares += value * value;
        }

        var mean = (double)sum / Length;
        var scale = Spread / Math.Max(LeastContrast, Math.Sqrt(Math.Max(0, (double)squares / Length - mean * mean)));
        for (var i = 0; i < Length; i++)
            stored[i] = (byte)Math.Clamp((int)Math.Floor(Centre + 0.5 + (luma[i] - mean) * scale), 0, Levels - 1);
    }
}
