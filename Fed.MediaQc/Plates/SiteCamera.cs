namespace Fed.MediaQc.Plates;

/// <summary>How a site's camera sees. Ranges are lowest and highest; each made picture draws from them.</summary>
/// <param name="PlateHeight">Of a plate in the picture, pixels, 8 to 200.</param>
/// <param name="Yaw">From the side, degrees to either side, 0 to 65.</param>
/// <param name="Pitch">From above, degrees, 0 to 50.</param>
/// <param name="Roll">Most tilt to either side, degrees, 0 to 20.</param>
/// <param name="Blur">Standard deviation of the lens' blur, pixels, 0 to 3.</param>
/// <param name="Motion">Way of a vehicle during the exposure by the height of its plate, 0 to 1.</param>
/// <param name="Noise">Standard deviation, levels, 0 to 40.</param>
/// <param name="Night">Share of pictures at night under infrared light, 0 to 1.</param>
/// <param name="Rain">Share of pictures in rain, 0 to 1.</param>
/// <param name="Crowd">Most plates in a picture, 1 to 8.</param>
/// <param name="Codecs">ffmpeg's encoder and options of single pictures; by turns.</param>
public sealed record SiteCamera(
    double[] PlateHeight,
    double[] Yaw,
    double[] Pitch,
    double Roll,
    double[] Blur,
    double[] Motion,
    double[] Noise,
    double Night,
    double Rain,
    int Crowd,
    string[] Codecs);

/// <summary>What a camera does to the whole of a picture, before its codec.</summary>
internal static class CameraWear
{
    /// <summary>Gaussian blur, of rows and then of columns.</summary>
    /// <param name="luma">Row-major; changed.</param>
    /// <param name="sigma">Pixels; below 0.2 nothing is done.</param>
    public static void Blur(float[] luma, int width, int height, double sigma)
    {
        if (sigma < 0.2)
            return;
        var kernel = Kernel(sigma);
        var line = new float[Math.Max(width, height)];
        for (var y = 0; y < height; y++)
            BlurLine(luma, y * width, 1, width, kernel, line);
        for (var x = 0; x < width; x++)
            BlurLine(luma, x, width, height, kernel, line);
    }

    /// <summary>Slanted streaks, a little brighter than what is behind them.</summary>
    public static void Rain(float[] luma, int width, int height, Random random)
    {
        var slant = random.NextDouble() * 0.6 - 0.3;
        var streaks = width * height / 1500;
        for (var i = 0; i < streaks; i++)
        {
            double x = random.Next(width), y = random.Next(height);
            var length = 8 + random.Next(25);
            var strength = (float)(0.1 + 0.25 * random.NextDouble());
            for (var step = 0; step < length; step++)
            {
                int column = (int)(x + slant * step), row = (int)y + step;
                if (column < 0 || column >= width || row >= height)
                    break;
                ref var value = ref luma[row * width + column];
                value += strength * (230 - value);
            }
        }
    }

    /// <summary>Gaussian noise, and rounding to levels.</summary>
    public static byte[] Expose(float[] luma, double sigma, Random random)
    {
        var exposed = new byte[luma.Length];
        for (var i = 0; i < luma.Length; i++)
        {
            // Four uniform draws: as good as a normal one here, without a logarithm for each pixel.
            var normal = sigma > 0
                ? (random.NextSingle() + random.NextSingle() + random.NextSingle() + random.NextSingle() - 2) * 1.732f
                : 0;
            exposed[i] = (byte)Math.Clamp(MathF.Round(luma[i] + (float)sigma * normal), 0, 255);
        }

        return exposed;
    }

    private static float[] Kernel(double sigma)
    {
        var reach = (int)Math.Ceiling(2.5 * sigma);
        var weights = Enumerable.Range(-reach, 2 * reach + 1)
            .Select(at => Math.Exp(-at * at / (2 * sigma * sigma))).ToArray();
        var sum = weights.Sum();
        return Array.ConvertAll(weights, weight => (float)(weight / sum));
    }

    private static void BlurLine(float[] luma, int start, int stride, int count, float[] kernel, float[] line)
    {
        var reach = kernel.Length / 2;
        for (var i = 0; i < count; i++)
            line[i] = luma[start + i * stride];
        for (var i = 0; i < count; i++)
        {
            float sum = 0;
            for (var k = 0; k < kernel.Length; k++)
                sum += kernel[k] * line[Math.Clamp(i + k - reach, 0, count - 1)];
            luma[start + i * stride] = sum;
        }
    }
}
