namespace Orleans.Concurrency;

/// <summary>Calls to a grain of this class may interleave at its awaits.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ReentrantAttribute : Attribute;
