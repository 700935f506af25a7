using Fed.Core.Aggregation;

namespace Fed.Tests.Core.Support;

/// <summary>Seeded vectors that visit the corners of a grid.</summary>
internal static class Deltas
{
    /// <summary>
    /// Values of every magnitude up to the bound: ties, multiples of the step, zeros of both signs, subnormals.
    /// </summary>
    public static float[] OnGrid(int seed, int length, Grid grid)
    {
        var random = new Random(seed);
        var values = new float[length];
        for (var i = 0; i < length; i++)
            values[i] = Math.Clamp(Draw(random, grid), -grid.Bound, grid.Bound);
        return values;
    }

    /// <summary>Evenly spread in -magnitude..magnitude.</summary>
    public static float[] Uniform(int seed, int length, float magnitude)
    {
        var random = new Random(seed);
        var values = new float[length];
        for (var i = 0; i < length; i++)
            values[i] = (random.NextSingle() * 2 - 1) * magnitude;
        return values;
    }

    private static float Draw(Random random, Grid grid)
    {
        var sign = random.Next(2) * 2 - 1;
        return random.Next(8) switch
        {
            0 => (float)((random.Next(1 << 12) + 0.5) * grid.Step) * sign,
            1 => (float)(random.Next(1 << 12) * grid.Step) * sign,
            2 => grid.Bound * sign,
            3 => 0f * sign,
            4 => float.Epsilon * random.Next(1, 1000) * sign,
            5 => MathF.BitDecrement((float)(random.Next(1, 1 << 12) * grid.Step * 1.5)) * sign,
            _ => random.NextSingle() * grid.Bound * sign,
        };
    }
}
