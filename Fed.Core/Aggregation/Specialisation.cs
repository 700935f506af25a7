namespace Fed.Core.Aggregation;

/// <summary>A cluster's model may keep a part of its own direction (design section 4).</summary>
public static class Specialisation
{
    /// <summary>own = (1-b) global + b own, in double, rounded once.</summary>
    /// <param name="b">0 (the global model) to below 1.</param>
    public static void Mix(ReadOnlySpan<float> global, double b, Span<float> own)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(own.Length, global.Length);
        for (var i = 0; i < own.Length; i++)
            own[i] = (float)((1 - b) * global[i] + b * own[i]);
    }
}
