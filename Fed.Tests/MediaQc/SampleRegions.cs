using Fed.MediaQc.Pipeline;

namespace Fed.Tests.MediaQc;

/// <summary>Seconds of pictures that are computed, and their maps.</summary>
internal static class SampleRegions
{
    /// <param name="level">Of a column, a row and a picture.</param>
    public static byte[] Of(Func<int, int, int, double> level)
    {
        var region = new byte[Region.Length];
        for (var i = 0; i < region.Length; i++)
        {
            var at = i % Region.Plane;
            region[i] = (byte)Math.Clamp(
                Math.Round(level(at % Region.Side, at / Region.Side, i / Region.Plane)), 0, 255);
        }

        return region;
    }

    /// <summary>Waves of no period in common, which move.</summary>
    public static double Textured(double x, double y, double t) =>
        128 + 30 * Math.Sin((x + 2 * t) * 1.1) + 30 * Math.Cos((y + t) * 0.9) + 20 * Math.Sin((x - y + t) * 0.37);

    public static byte[] Maps(Func<int, int, int, double> level) => Maps(Of(level));

    public static byte[] Maps(byte[] region)
    {
        var maps = new byte[RegionFeatures.Length];
        new RegionFeatures().Extract(region, maps);
        return maps;
    }

    public static ReadOnlySpan<byte> Map(byte[] maps, int map) =>
        maps.AsSpan(map * RegionFeatures.Map, RegionFeatures.Map);

    /// <summary>A row of one of the tables.</summary>
    public static byte[] Row(byte[] maps, int table, int series) =>
        Map(maps, table).Slice(series * RegionFeatures.Side, RegionFeatures.Side).ToArray();

    /// <summary>Of 400x300 pixels, with squares of many levels.</summary>
    public static GrayImage Picture()
    {
        const int width = 400, height = 300;
        var random = new Random(5);
        var pixels = new byte[width * height];
        for (var blob = 0; blob < 900; blob++)
        {
            int x = random.Next(width), y = random.Next(height);
            int side = random.Next(3, 14), level = random.Next(40, 220);
            for (var i = 0; i < side * side; i++)
                pixels[(y + i / side) % height * width + (x + i % side) % width] = (byte)level;
        }

        return new GrayImage(width, height, pixels);
    }
}
