namespace Fed.Grains.Persistence;

/// <summary>Where grain state is kept; the host decides what stands behind the name.</summary>
public static class StateStore
{
    /// <summary>Name of the grain storage provider.</summary>
    public const string Name = "fed";
}
