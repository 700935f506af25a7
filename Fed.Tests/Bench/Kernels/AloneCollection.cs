namespace Fed.Tests.Bench.Kernels;

/// <summary>No other test runs beside these: what is measured is the whole process's.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
