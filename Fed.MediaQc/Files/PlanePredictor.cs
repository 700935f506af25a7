namespace Fed.MediaQc.Files;

/// <summary>
/// How the residuals of one frame of a patch were formed. The numbers are stored: they may only grow.
/// </summary>
public enum PlaneMode : byte
{
    /// <summary>Prediction from the left, upper and upper-left pixels.</summary>
    Spatial = 0,

    /// <summary>Prediction by the same pixel of the previous frame.</summary>
    Temporal = 1,

    /// <summary>Spatial prediction of the difference to the previous frame.</summary>
    Mixed = 2,
}

/// <summary>
/// Lossless prediction of 8-bit planes, so that a general compressor finds small numbers. The spatial predictor is the
/// median edge detector of LOCO-I (Weinberger, Seroussi, Sapiro 2000, section III-A). All arithmetic is modulo 256.
/// </summary>
public static class PlanePredictor
{
    /// <summary>Chooses the mode with the smallest residuals and writes them.</summary>
    /// <param name="plane">height x width pixels.</param>
    /// <param name="previous">The previous frame, or empty for the first one.</param>
    /// <param name="width">Pixels a row.</param>
    /// <param name="residuals">Receives as many bytes as the plane has.</param>
    public static PlaneMode Encode(
        ReadOnlySpan<byte> plane, ReadOnlySpan<byte> previous, int width, Span<byte> residuals)
    {
        var best = PlaneMode.Spatial;
        var bestCost = long.MaxValue;
        var trial = new byte[plane.Length];
        var last = previous.IsEmpty ? PlaneMode.Spatial : PlaneMode.Mixed;
        for (var mode = PlaneMode.Spatial; mode <= last; mode++)
        {
            Forward(mode, plane, previous, width, trial);
            long cost = 0;
            foreach (var residual in trial)
                cost += Math.Abs((int)(sbyte)residual);
            if (cost >= bestCost)
                continue;
            bestCost = cost;
            best = mode;
            trial.CopyTo(residuals);
        }

        return best;
    }

    /// <summary>Restores a plane in place of its residuals.</summary>
    /// <param name="mode">The mode that <see cref="Encode"/> returned.</param>
    /// <param name="plane">Residuals in, pixels out.</param>
    /// <param name="previous">The previous frame, already restored; not read by the spatial mode.</param>
    /// <param name="width">Pixels a row.</param>
    public static void Decode(PlaneMode mode, Span<byte> plane, ReadOnlySpan<byte> previous, int width)
    {
        if (mode != PlaneMode.Temporal)
            UndoSpatial(plane, width);
        if (mode == PlaneMode.Spatial)
            return;
        for (var i = 0; i < plane.Length; i++)
            plane[i] += previous[i];
    }

    private static void Forward(
        PlaneMode mode, ReadOnlySpan<byte> plane, ReadOnlySpan<byte> previous, int width, Span<byte> residuals)
    {
        plane.CopyTo(residuals);
        if (mode != PlaneMode.Spatial)
        {
            for (var i = 0; i < plane.Length; i++)
                residuals[i] -= previous[i];
        }

        if (mode == PlaneMode.Temporal)
            return;

        // Backwards, because a pixel's neighbours must still be pixels when it becomes a residual.
        for (var i = plane.Length - 1; i >= 0; i--)
            residuals[i] -= Predict(residuals, i, width);
    }

    private static void UndoSpatial(Span<byte> plane, int width)
    {
        for (var i = 0; i < plane.Length; i++)
            plane[i] += Predict(plane, i, width);
    }

    private static byte Predict(ReadOnlySpan<byte> plane, int i, int width)
    {
        var column = i % width;
        if (i < width)
            return column == 0 ? (byte)0 : plane[i - 1];
        if (column == 0)
            return plane[i - width];
        int left = plane[i - 1], up = plane[i - width], corner = plane[i - width - 1];
        if (corner >= Math.Max(left, up))
            return (byte)Math.Min(left, up);
        return corner <= Math.Min(left, up) ? (byte)Math.Max(left, up) : (byte)(left + up - corner);
    }
}
