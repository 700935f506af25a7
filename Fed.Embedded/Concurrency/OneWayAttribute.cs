namespace Orleans.Concurrency;

/// <summary>The caller does not wait for this method, nor learn of its failure.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OneWayAttribute : Attribute;
