namespace Fed.Core.Codecs.Sparse;

/// <summary>How many values a density means.</summary>
internal static class Densities
{
    /// <summary>One value in a hundred, unless a setting says otherwise.</summary>
    public const double Usual = 0.01;

    /// <summary>ceil(density x count), at least 1 of a vector that is not empty.</summary>
    public static long Count(double density, long count) => Math.Min(count, (long)Math.Ceiling(density * count));
}
