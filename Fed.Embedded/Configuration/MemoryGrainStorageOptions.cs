namespace Orleans.Configuration;

/// <summary>Settings of memory storage.</summary>
public class MemoryGrainStorageOptions
{
    /// <summary>Kept for configuration that names it; one process needs no spreading over grains.</summary>
    public int NumStorageGrains { get; set; } = 10;
}
