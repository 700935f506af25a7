namespace Fed.MediaQc.Plates;

/// <summary>A rectangle in a picture, pixels.</summary>
public readonly record struct PlateBox(double Left, double Top, double Right, double Bottom)
{
    public double Width => Right - Left;

    public double Height => Bottom - Top;

    public double Area => Width * Height;

    public PlateBox Moved(double x, double y) => new(Left + x, Top + y, Right + x, Bottom + y);

    public PlateBox Grown(double by) => new(Left - by, Top - by, Right + by, Bottom + by);

    public bool Meets(PlateBox other) => Shared(other) > 0;

    /// <summary>Area that both have, square pixels.</summary>
    public double Shared(PlateBox other) =>
        Math.Max(0, Math.Min(Right, other.Right) - Math.Max(Left, other.Left))
        * Math.Max(0, Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top));

    /// <summary>Intersection over union, 0 to 1.</summary>
    public double Overlap(PlateBox other)
    {
        var shared = Shared(other);
        return shared / (Area + other.Area - shared);
    }

    /// <summary>The smallest rectangle of a window's shape with the same middle that holds this one.</summary>
    public PlateBox InWindowShape()
    {
        double wide = Math.Max(Width, PlateWindow.InnerAspect * Height), high = wide / PlateWindow.InnerAspect;
        double x = (Left + Right) / 2, y = (Top + Bottom) / 2;
        return new(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2);
    }
}
