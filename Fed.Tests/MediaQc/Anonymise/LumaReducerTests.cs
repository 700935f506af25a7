using Fed.MediaQc.Anonymise;

namespace Fed.Tests.MediaQc.Anonymise;

/// <summary>What detectors see, beside means that are computed one by one.</summary>
public sealed class LumaReducerTests
{
    [Theory]
    [InlineData("yuv420p", 90, 70, false, 1)]
    [InlineData("yuv420p", 2901, 1447, false, 2)]
    [InlineData("yuv422p10le", 90, 70, false, 1)]
    [InlineData("yuv420p10le", 3840, 2160, true, 3)]
    [InlineData("gray", 9001, 40, true, 2)]
    public void Reduce_OfNoise_GivesTheMeansInFullRange(string format, int width, int height, bool isFullRange, int factor)
    {
        var layout = PictureLayout.Of(format, width, height);
        var (random, picture) = (new Random(1), new byte[layout.Bytes]);
        random.NextBytes(picture);
        if (layout.Bits > 8)
        {
            foreach (ref var sample in PictureLayout.Wide(picture))
                sample &= 1023;
        }

        var reducer = new LumaReducer(layout, isFullRange);
        reducer.Reduce(picture);

        Assert.Equal((factor, width / factor, height / factor), (reducer.Factor, reducer.Width, reducer.Height));
        for (var y = 0; y < reducer.Height; y += 7)
        {
            for (var x = 0; x < reducer.Width; x++)
            {
                var mean = Enumerable.Range(0, factor * factor).Average(i => At((x * factor) + (i % factor), (y * factor) + (i / factor)));
                var level = mean / (layout.Bits > 8 ? 4 : 1);
                var expected = Math.Clamp(isFullRange ? level : (level - 16) * 255 / 219, 0, 255);
                Assert.InRange(reducer.Luma[(y * reducer.Width) + x], expected - 2.2, expected);
            }
        }

        double At(int x, int y) => layout.Bits > 8
            ? BitConverter.ToUInt16(picture, 2 * ((y * width) + x))
            : picture[(y * width) + x];
    }
}
