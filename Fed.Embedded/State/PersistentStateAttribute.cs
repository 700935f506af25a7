namespace Orleans.Runtime;

/// <summary>Says which state a constructor parameter of type <see cref="IPersistentState{TState}"/> gets.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public class PersistentStateAttribute : Attribute
{
    public PersistentStateAttribute(string stateName, string? storageName = null)
    {
        ArgumentNullException.ThrowIfNull(stateName);
        StateName = stateName;
        StorageName = storageName;
    }

    public string StateName { get; }

    /// <summary>The storage provider; null for the default one.</summary>
    public string? StorageName { get; }
}
