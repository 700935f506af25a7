namespace Orleans.Concurrency;

/// <summary>Calls of this method interleave with any other call, at awaits.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AlwaysInterleaveAttribute : Attribute;
