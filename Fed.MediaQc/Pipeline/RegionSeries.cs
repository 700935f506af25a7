using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fed.MediaQc.Pipeline;

/// <summary>What the pictures of a region are like one after the other: one value a picture of each series.</summary>
/// <remarks>Means over the region. Differences count as log2(1 + 8 d), so that an eighth of a level still counts.
/// </remarks>
internal static class RegionSeries
{
    public const int Count = 8;

    /// <summary>Mean level of a picture, levels.</summary>
    public const int Level = 0;

    /// <summary>Change from the picture before, and from the one before that.</summary>
    public const int Change = 1, ChangeOfTwo = 2;

    /// <summary>|a - 2b + c| of three successive pictures: noise has much of it, steady movement little.</summary>
    public const int Bend = 3;

    /// <summary>Second differences across and down: detail.</summary>
    public const int Across = 4, Down = 5;

    /// <summary>Second differences down between neighbouring lines above those between lines of one field.</summary>
    public const int Comb = 6;

    /// <summary>Mean level of the upper half above that of the lower one, levels: bands that roll.</summary>
    public const int Tilt = 7;

    private const int Side = Region.Side;
    private const int Plane = Region.Plane;

    /// <param name="region">See <see cref="Region.Cut"/>.</param>
    /// <param name="series">One after the other, <see cref="Region.Frames"/> values each; where the first pictures have
    /// nothing before them, they have the value of the next one.</param>
    public static void Measure(ReadOnlySpan<byte> region, Span<float> series)
    {
        for (var t = 0; t < Region.Frames; t++)
        {
            var now = region.Slice(t * Plane, Plane);
            var (upper, lower) = (Sum(now[..(Plane / 2)]), Sum(now[(Plane / 2)..]));
            Of(series, Level)[t] = (upper + lower) / Plane;
            Of(series, Tilt)[t] = (upper - lower) / (Plane / 2);
            Of(series, Change)[t] = t < 1 ? 0 : Log(Bends(now, region.Slice((t - 1) * Plane, Plane)) / 2);
            Of(series, ChangeOfTwo)[t] = t < 2 ? 0 : Log(Bends(now, region.Slice((t - 2) * Plane, Plane)) / 2);
            Of(series, Bend)[t] = t < 2 ? 0 : Log(Bends(
                region.Slice((t - 2) * Plane, Plane), region.Slice((t - 1) * Plane, Plane), now));
            Of(series, Across)[t] = Log(Bends(now[..^2], now[1..^1], now[2..]));
            var down = Log(Bends(now[..^(2 * Side)], now[Side..^Side], now[(2 * Side)..]));
            Of(series, Down)[t] = down;
            Of(series, Comb)[t] = down
                - Log(Bends(now[..^(4 * Side)], now[(2 * Side)..^(2 * Side)], now[(4 * Side)..]));
        }

        Of(series, Change)[0] = Of(series, Change)[1];
        Of(series, ChangeOfTwo)[..2].Fill(Of(series, ChangeOfTwo)[2]);
        Of(series, Bend)[..2].Fill(Of(series, Bend)[2]);
    }

    /// <returns>One of them.</returns>
    public static Span<float> Of(Span<float> series, int which) =>
        series.Slice(which * Region.Frames, Region.Frames);

    private static float Log(float mean) => MathF.Log2(1 + 8 * mean);

    private static float Bends(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => Bends(a, b, a);

    /// <returns>Mean of |a - 2b + c|. Rows run on into the next ones: two pixels of 64.</returns>
    private static float Bends(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c)
    {
        var sum = 0L;
        var at = 0;
        // At most 1020 each: 32 of them in 16 bits.
        for (; at + 32 * Vector256<short>.Count <= a.Length; at += 32 * Vector256<short>.Count)
        {
            var part = Vector256<ushort>.Zero;
            for (var i = at; i < at + 32 * Vector256<short>.Count; i += Vector256<short>.Count)
                part += Vector256.Abs(Load(a, i) - Load(b, i) - Load(b, i) + Load(c, i)).AsUInt16();
            sum += Vector256.Sum(Vector256.WidenLower(part) + Vector256.WidenUpper(part));
        }

        for (; at < a.Length; at++)
            sum += Math.Abs(a[at] - 2 * b[at] + c[at]);
        return (float)sum / a.Length;
    }

    private static Vector256<short> Load(ReadOnlySpan<byte> pixels, int at)
    {
        var bytes = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(pixels), (nuint)at);
        return Vector256.Create(Vector128.WidenLower(bytes), Vector128.WidenUpper(bytes)).AsInt16();
    }

    private static float Sum(ReadOnlySpan<byte> pixels)
    {
        var sum = Vector256<ushort>.Zero;
        var total = 0L;
        // 255 each: 256 of them in 16 bits.
        for (var at = 0; at < pixels.Length; at += Vector256<short>.Count)
            sum += Load(pixels, at).AsUInt16();
        total += Vector256.Sum(Vector256.WidenLower(sum) + Vector256.WidenUpper(sum));
        return total;
    }
}
