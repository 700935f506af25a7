using Fed.MediaQc.Anonymise;

namespace Fed.Tests.MediaQc.Anonymise;

/// <summary>What is left of a region, and of what is around it.</summary>
public sealed class RegionBlurTests
{
    private static readonly PixelBox s_region = new(11, 7, 46, 38);

    public static TheoryData<string, int, int> Formats => new()
    {
        { "yuv420p", 64, 48 }, { "yuv420p", 61, 47 }, { "yuv422p10le", 61, 47 }, { "yuv444p", 64, 48 }, { "gray", 61, 47 },
        { "gray10le", 64, 48 }, { "gbrp", 61, 47 }, { "yuvj420p", 64, 48 },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void Apply_WithBlur_ChangesTheRegionOnly(string format, int width, int height)
    {
        var layout = PictureLayout.Of(format, width, height);
        var (before, after) = (Noise(layout, 1), Noise(layout, 1));

        new RegionBlur(layout, Cover.Blur, isFullRange: false).Apply(after, s_region);

        foreach (var plane in layout.Planes)
        {
            for (var y = 0; y < plane.Height; y++)
            {
                for (var x = 0; x < plane.Width; x++)
                {
                    // In pixels: any of the sample's own within the region.
                    var inside = ((x + 1) << plane.ShiftX) > s_region.Left && (x << plane.ShiftX) < s_region.Right
                        && ((y + 1) << plane.ShiftY) > s_region.Top && (y << plane.ShiftY) < s_region.Bottom;
                    if (!inside)
                        Assert.Equal(Sample(layout, before, plane, x, y), Sample(layout, after, plane, x, y));
                }
            }
        }

        Assert.NotEqual(before, after);
    }

    /// <summary>Two pictures whose cells have the same means cannot be told apart: that is what is left of either.</summary>
    [Theory]
    [InlineData(Cover.Blur)]
    [InlineData(Cover.Mosaic)]
    public void Apply_OfPicturesWithEqualMeans_MakesThemEqual(Cover cover)
    {
        // Cells of 4x4 pixels; in each the samples are put in another order.
        const int Side = 4 * RegionBlur.Cells;
        var layout = PictureLayout.Of("gray", Side, Side);
        var (one, other) = (Noise(layout, 1), new byte[Side * Side]);
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
                other[(y * Side) + x] = one[((y ^ 3) * Side) + (x ^ 1)];
        }

        Assert.NotEqual(one, other);
        var blur = new RegionBlur(layout, cover, isFullRange: true);
        blur.Apply(one, new(0, 0, Side, Side));
        blur.Apply(other, new(0, 0, Side, Side));

        Assert.Equal(one, other);
    }

    [Fact]
    public void Apply_WithMosaic_LeavesTheMeansOfTheCells()
    {
        const int Side = 5 * RegionBlur.Cells;
        var layout = PictureLayout.Of("gray10le", Side, Side);
        var (before, after) = (Noise(layout, 2), Noise(layout, 2));

        new RegionBlur(layout, Cover.Mosaic, isFullRange: true).Apply(after, new(0, 0, Side, Side));

        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var mean = Enumerable.Range(0, 25).Average(i =>
                    Sample(layout, before, layout.Planes[0], (x / 5 * 5) + (i % 5), (y / 5 * 5) + (i / 5)));
                Assert.Equal((int)(mean + 0.5), Sample(layout, after, layout.Planes[0], x, y));
            }
        }
    }

    [Theory]
    [InlineData("yuv420p", false, 16, 128)]
    [InlineData("yuvj444p", true, 0, 128)]
    [InlineData("yuv422p10le", false, 64, 512)]
    [InlineData("gbrp", true, 0, 0)]
    public void Apply_WithFill_LeavesBlack(string format, bool isFullRange, int first, int others)
    {
        var layout = PictureLayout.Of(format, 32, 32);
        var picture = Noise(layout, 3);

        new RegionBlur(layout, Cover.Fill, isFullRange).Apply(picture, new(-10, -10, 100, 100));

        Assert.All(layout.Planes, plane => Assert.All(
            Enumerable.Range(0, plane.Width * plane.Height),
            i => Assert.Equal(
                plane.Offset == 0 ? first : others, Sample(layout, picture, plane, i % plane.Width, i / plane.Width))));
    }

    [Theory]
    [InlineData(-30, -30, -1, -1)]
    [InlineData(64, 0, 90, 20)]
    [InlineData(20, 20, 20, 30)]
    public void Apply_OutsideOfThePicture_ChangesNothing(int left, int top, int right, int bottom)
    {
        var layout = PictureLayout.Of("yuv420p", 64, 48);
        var picture = Noise(layout, 4);

        new RegionBlur(layout, Cover.Blur, isFullRange: false).Apply(picture, new(left, top, right, bottom));

        Assert.Equal(Noise(layout, 4), picture);
    }

    /// <summary>One pixel, and what is narrower than there are cells.</summary>
    [Theory]
    [InlineData(Cover.Blur)]
    [InlineData(Cover.Mosaic)]
    public void Apply_OfTinyRegions_StaysInside(Cover cover)
    {
        var layout = PictureLayout.Of("yuv420p", 16, 16);
        var picture = Noise(layout, 5);
        var blur = new RegionBlur(layout, cover, isFullRange: false);

        blur.Apply(picture, new(15, 15, 16, 16));
        blur.Apply(picture, new(3, 0, 5, 16));

        Assert.Equal(layout.Bytes, picture.Length);
    }

    [Theory]
    [InlineData("nv12", "yuv420p")]
    [InlineData("p010le", "yuv420p10le")]
    [InlineData("yuv420p12le", "yuv420p10le")]
    [InlineData("yuva444p12le", "yuv444p10le")]
    [InlineData("yuvj422p", "yuvj422p")]
    [InlineData("yuyv422", "yuv422p")]
    [InlineData("yuv411p", "yuv422p")]
    [InlineData("yuv440p", "yuv444p")]
    [InlineData("rgb24", "gbrp")]
    [InlineData("pal8", "gbrp")]
    [InlineData("rgb48le", "gbrp10le")]
    [InlineData("gray16le", "gray10le")]
    [InlineData("monob", "gray")]
    public void Layout_OfAnotherFormat_IsTheNearest(string format, string expected) =>
        Assert.Equal(expected, PictureLayout.Of(format, 16, 16).PixelFormat);

    private static byte[] Noise(PictureLayout layout, int seed)
    {
        var (random, picture) = (new Random(seed), new byte[layout.Bytes]);
        random.NextBytes(picture);
        if (layout.Bits > 8)
        {
            foreach (ref var sample in PictureLayout.Wide(picture))
                sample &= 1023;
        }

        return picture;
    }

    private static int Sample(PictureLayout layout, byte[] picture, PlaneLayout plane, int x, int y)
    {
        var at = plane.Offset + (y * plane.Width) + x;
        return layout.Bits > 8 ? BitConverter.ToUInt16(picture, 2 * at) : picture[at];
    }
}
