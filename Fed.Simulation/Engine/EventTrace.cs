namespace Fed.Simulation.Engine;

/// <summary>What happened, as a hash (FNV-1a) and, where it is wanted, as text.</summary>
internal sealed class EventTrace
{
    private const ulong Prime = 1099511628211;

    public ulong Hash { get; private set; } = 14695981039346656037;

    /// <summary>Null where only the hash is wanted.</summary>
    public Action<string>? Writer { get; set; }

    public void Add(long time, string label)
    {
        var hash = (Hash ^ (ulong)time) * Prime;
        foreach (var letter in label)
            hash = (hash ^ letter) * Prime;
        Hash = hash;
        Writer?.Invoke($"{TimeSpan.FromTicks(time).TotalSeconds,12:F6} {label}");
    }

    /// <summary>A remark that is no event.</summary>
    public void Note(string text) => Writer?.Invoke($"{"",12} | {text}");
}
