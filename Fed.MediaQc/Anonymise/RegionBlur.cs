using System.Numerics;

namespace Fed.MediaQc.Anonymise;

/// <summary>What a region is replaced by.</summary>
public enum Cover
{
    /// <summary>A smooth surface between the means of few cells.</summary>
    Blur,

    /// <summary>The means of few cells, each as it is.</summary>
    Mosaic,

    /// <summary>Black: nothing of the picture is left.</summary>
    Fill,
}

/// <summary>
/// Makes regions of raw pictures unrecognisable, in place. Whatever its size, of a region at most
/// <see cref="Cells"/> times <see cref="Cells"/> values a plane are left: that is what anybody who wants to undo it has.
/// </summary>
internal sealed class RegionBlur
{
    /// <summary>Cells along each side of a region.</summary>
    public const int Cells = 6;

    private readonly PictureLayout _layout;
    private readonly Cover _cover;
    private readonly int[] _black;
    private readonly float[] _means = new float[Cells * Cells];
    private readonly float[] _row = new float[Cells];

    /// <param name="isFullRange">Whether black is 0, not 16.</param>
    public RegionBlur(PictureLayout layout, Cover cover, bool isFullRange)
    {
        (_layout, _cover) = (layout, cover);
        var darkest = isFullRange || layout.IsGreenFirst ? 0 : 16 << (layout.Bits - 8);
        _black = [.. layout.Planes.Select((_, i) => i == 0 || layout.IsGreenFirst ? darkest : 1 << (layout.Bits - 1))];
    }

    /// <param name="picture">As <see cref="PictureLayout"/> says.</param>
    /// <param name="region">In pixels; what is outside of the picture is left out.</param>
    public void Apply(Span<byte> picture, PixelBox region)
    {
        var box = region.Within(_layout.Width, _layout.Height);
        if (box.IsEmpty)
            return;
        for (var i = 0; i < _layout.Planes.Count; i++)
        {
            var plane = _layout.Planes[i];
            if (_layout.Bits > 8)
                Apply(PictureLayout.Wide(picture).Slice(plane.Offset, plane.Width * plane.Height), plane, box, _black[i]);
            else
                Apply(picture.Slice(plane.Offset, plane.Width * plane.Height), plane, box, _black[i]);
        }
    }

    private void Apply<T>(Span<T> samples, PlaneLayout plane, PixelBox box, int black)
        where T : unmanaged, IBinaryInteger<T>
    {
        // Every sample that has a share in the region.
        var (left, top) = (box.Left >> plane.ShiftX, box.Top >> plane.ShiftY);
        var right = Math.Min(plane.Width, (box.Right + (1 << plane.ShiftX) - 1) >> plane.ShiftX);
        var bottom = Math.Min(plane.Height, (box.Bottom + (1 << plane.ShiftY) - 1) >> plane.ShiftY);
        if (_cover == Cover.Fill)
        {
            for (var y = top; y < bottom; y++)
                samples[((y * plane.Width) + left)..((y * plane.Width) + right)].Fill(T.CreateTruncating(black));
            return;
        }

        Measure(samples, plane.Width, left, top, right, bottom);
        for (var y = top; y < bottom; y++)
        {
            var row = samples[((y * plane.Width) + left)..((y * plane.Width) + right)];
            if (_cover == Cover.Mosaic)
                Flat(row, (y - top) * Cells / (bottom - top));
            else
                Smooth(row, (((y - top) + 0.5f) * Cells / (bottom - top)) - 0.5f);
        }
    }

    private void Measure<T>(Span<T> samples, int stride, int left, int top, int right, int bottom)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (var j = 0; j < Cells; j++)
        {
            var (from, to) = Part(j, top, bottom);
            for (var i = 0; i < Cells; i++)
            {
                var (begin, end) = Part(i, left, right);
                long sum = 0;
                for (var y = from; y < to; y++)
                {
                    foreach (var sample in samples[((y * stride) + begin)..((y * stride) + end)])
                        sum += int.CreateTruncating(sample);
                }

                _means[(j * Cells) + i] = (float)sum / ((to - from) * (end - begin));
            }
        }
    }

    /// <summary>At least one sample, also of what has fewer than there are cells.</summary>
    private static (int From, int To) Part(int cell, int from, int to)
    {
        var begin = from + (cell * (to - from) / Cells);
        return (begin, Math.Max(begin + 1, from + ((cell + 1) * (to - from) / Cells)));
    }

    private void Flat<T>(Span<T> row, int cell)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (var x = 0; x < row.Length; x++)
            row[x] = T.CreateTruncating((int)(_means[(cell * Cells) + (x * Cells / row.Length)] + 0.5f));
    }

    private void Smooth<T>(Span<T> row, float at)
        where T : unmanaged, IBinaryInteger<T>
    {
        var (above, share) = Between(at);
        for (var i = 0; i < Cells; i++)
        {
            var value = _means[(above * Cells) + i];
            _row[i] = value + ((_means[(Math.Min(above + 1, Cells - 1) * Cells) + i] - value) * share);
        }

        var step = (float)Cells / row.Length;
        for (var x = 0; x < row.Length; x++)
        {
            var (before, part) = Between(((x + 0.5f) * step) - 0.5f);
            var value = _row[before];
            row[x] = T.CreateTruncating(
                (int)(value + ((_row[Math.Min(before + 1, Cells - 1)] - value) * part) + 0.5f));
        }
    }

    private static (int Before, float Share) Between(float at)
    {
        var within = Math.Clamp(at, 0, Cells - 1);
        var before = (int)within;
        return (before, within - before);
    }
}
