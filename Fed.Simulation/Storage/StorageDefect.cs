namespace Fed.Simulation.Storage;

/// <summary>How a storage may betray the grains, to see that the checks notice.</summary>
internal sealed record StorageDefect
{
    public static StorageDefect None { get; } = new();

    /// <summary>Acknowledges writes while they are in a cache that a crash empties.</summary>
    public TimeSpan FlushesAfter { get; init; }

    /// <summary>What is written in place of a state.</summary>
    public Func<object, object> Damage { get; init; } = static state => state;
}
