namespace Orleans.Concurrency;

/// <summary>Calls of this method interleave with other read-only calls, at awaits.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReadOnlyAttribute : Attribute;
