using System.Runtime.InteropServices;

namespace Fed.MediaQc.Anonymise;

/// <summary>One plane of a raw picture: samples row by row.</summary>
/// <param name="Offset">Of its first sample, in samples from the picture's begin.</param>
/// <param name="ShiftX">Its samples are as wide as 2 to this power pixels.</param>
/// <param name="ShiftY">Likewise high.</param>
internal readonly record struct PlaneLayout(int Offset, int Width, int Height, int ShiftX, int ShiftY);

/// <summary>How a raw picture lies in memory: planar, of 8 bits, or of 10 in two bytes.</summary>
internal sealed class PictureLayout
{
    private PictureLayout(string pixelFormat, int width, int height)
    {
        (PixelFormat, Width, Height) = (pixelFormat, width, height);
        Bits = pixelFormat.EndsWith("10le", StringComparison.Ordinal) ? 10 : 8;
        IsGreenFirst = pixelFormat.StartsWith("gbr", StringComparison.Ordinal);
        var (shiftX, shiftY) = pixelFormat.Contains("420", StringComparison.Ordinal) ? (1, 1)
            : pixelFormat.Contains("422", StringComparison.Ordinal) ? (1, 0)
            : (0, 0);
        var planes = new List<PlaneLayout> { new(0, width, height, 0, 0) };
        if (!pixelFormat.StartsWith("gray", StringComparison.Ordinal))
        {
            var (w, h) = ((width + (1 << shiftX) - 1) >> shiftX, (height + (1 << shiftY) - 1) >> shiftY);
            planes.Add(new(width * height, w, h, shiftX, shiftY));
            planes.Add(new((width * height) + (w * h), w, h, shiftX, shiftY));
        }

        Planes = planes;
        Samples = planes.Sum(plane => plane.Width * plane.Height);
        Bytes = Samples * (Bits > 8 ? sizeof(ushort) : 1);
    }

    /// <summary>ffmpeg's name.</summary>
    public string PixelFormat { get; }

    public int Width { get; }

    public int Height { get; }

    public int Bits { get; }

    /// <summary>Luma first, or green, which stands for it.</summary>
    public IReadOnlyList<PlaneLayout> Planes { get; }

    public int Samples { get; }

    /// <summary>Of one picture.</summary>
    public int Bytes { get; }

    /// <summary>Green, blue, red: pictures of screens and stills, which come back as they were.</summary>
    public bool IsGreenFirst { get; }

    /// <summary>The layout that keeps most of what a decoder gives.</summary>
    /// <param name="pixelFormat">ffmpeg's name of what it gives.</param>
    public static PictureLayout Of(string pixelFormat, int width, int height) =>
        new(Nearest(pixelFormat), width, height);

    /// <summary>Of more than 8 bits.</summary>
    public static Span<ushort> Wide(Span<byte> picture) => MemoryMarshal.Cast<byte, ushort>(picture);

    private static string Nearest(string format)
    {
        var isWide = format.EndsWith("le", StringComparison.Ordinal) || format.EndsWith("be", StringComparison.Ordinal);
        var depth = isWide ? "10le" : "";
        if (format.StartsWith("gray", StringComparison.Ordinal) || format is "monow" or "monob" or "ya8")
            return $"gray{depth}";
        var range = format.StartsWith("yuvj", StringComparison.Ordinal) ? "yuvj" : "yuv";
        if (format.Contains("420", StringComparison.Ordinal) || format is "nv12" or "nv21")
            return $"{range}420p{depth}";
        if (format is "p010le" or "p010be" or "p016le" or "p016be")
            return "yuv420p10le";
        if (format is "yuyv422" or "uyvy422" or "yvyu422" or "nv16" || format.Contains("422", StringComparison.Ordinal)
            || format.Contains("411", StringComparison.Ordinal) || format.Contains("410", StringComparison.Ordinal))
        {
            return $"{range}422p{depth}";
        }

        return format.StartsWith("yuv", StringComparison.Ordinal) ? $"{range}444p{depth}" : $"gbrp{depth}";
    }
}
