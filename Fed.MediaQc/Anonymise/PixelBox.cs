namespace Fed.MediaQc.Anonymise;

/// <summary>Part of a picture, in its pixels; right and bottom are just outside.</summary>
public readonly record struct PixelBox(int Left, int Top, int Right, int Bottom)
{
    public int Width => Right - Left;

    public int Height => Bottom - Top;

    public bool IsEmpty => Width <= 0 || Height <= 0;

    /// <summary>Left, top, width, height.</summary>
    public int[] ToArray() => [Left, Top, Width, Height];

    /// <summary>What of it is inside of a picture.</summary>
    public PixelBox Within(int width, int height) => new(
        Math.Clamp(Left, 0, width), Math.Clamp(Top, 0, height), Math.Clamp(Right, 0, width), Math.Clamp(Bottom, 0, height));

    /// <summary>Larger on each side by a share of its own sides.</summary>
    public PixelBox Grown(double share)
    {
        var (x, y) = ((int)Math.Ceiling(Width * share), (int)Math.Ceiling(Height * share));
        return new(Left - x, Top - y, Right + x, Bottom + y);
    }

    /// <summary>The smallest that holds both.</summary>
    public PixelBox With(PixelBox other) => new(
        Math.Min(Left, other.Left), Math.Min(Top, other.Top), Math.Max(Right, other.Right), Math.Max(Bottom, other.Bottom));

    /// <summary>On the way to another one.</summary>
    /// <param name="share">0: here; 1: there.</param>
    public PixelBox Towards(PixelBox other, double share)
    {
        return new(
            Between(Left, other.Left), Between(Top, other.Top), Between(Right, other.Right), Between(Bottom, other.Bottom));

        int Between(int from, int to) => (int)Math.Round(from + ((to - from) * share));
    }

    /// <summary>What both have in common, in shares of what they cover together.</summary>
    public double Overlap(PixelBox other)
    {
        var width = Math.Min(Right, other.Right) - Math.Max(Left, other.Left);
        var height = Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top);
        if (width <= 0 || height <= 0)
            return 0;
        var both = (double)width * height;
        return both / (((double)Width * Height) + ((double)other.Width * other.Height) - both);
    }
}
