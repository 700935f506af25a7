namespace Fed.MediaQc.Pipeline;

/// <summary>What a sample is of: a square of the picture over one second of 25 pictures.</summary>
public static class Region
{
    /// <summary>Successive pictures.</summary>
    public const int Frames = 25;

    /// <summary>Width and height, pixels.</summary>
    public const int Side = 64;

    /// <summary>Side of the coding grid's squares, on which a region stands, pixels.</summary>
    public const int Grid = 8;

    /// <summary>Bytes of one picture of a region.</summary>
    public const int Plane = Side * Side;

    /// <summary>Bytes of a region.</summary>
    public const int Length = Frames * Plane;

    /// <summary>A region with fewer levels is black or plain, of which nothing can be said.</summary>
    public const int LeastRange = 8;

    /// <summary>Cuts a region out of a clip.</summary>
    /// <param name="frame">The first one.</param>
    /// <param name="x">Left column, a multiple of <see cref="Grid"/>.</param>
    /// <param name="y">Upper row, a multiple of <see cref="Grid"/>.</param>
    /// <returns>Luma, frame after frame, row-major.</returns>
    public static byte[] Cut(Clip clip, int frame, int x, int y)
    {
        var region = new byte[Length];
        for (var t = 0; t < Frames; t++)
        {
            for (var row = 0; row < Side; row++)
            {
                clip.Frames[frame + t].AsSpan((y + row) * clip.Width + x, Side)
                    .CopyTo(region.AsSpan(t * Plane + row * Side));
            }
        }

        return region;
    }
}
