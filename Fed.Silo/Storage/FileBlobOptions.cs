namespace Fed.Silo.Storage;

/// <summary>Where blobs live and how large one may be.</summary>
public sealed record FileBlobOptions
{
    /// <summary>Owned by one process at a time; created when absent.</summary>
    public required string Root { get; init; }

    /// <summary>
    /// Largest blob in bytes: a last line of defence behind the gateway's own bounds. 1 KiB to 1 TiB.
    /// </summary>
    public long MaxBlobBytes { get; init; } = 16L << 30;

    /// <exception cref="ArgumentException">A property is outside its range; the message names the remedy.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(Root))
            throw new ArgumentException("blobs.root is empty; give the folder that blobs are kept in");
        if (MaxBlobBytes is < 1 << 10 or > 1L << 40)
        {
            throw new ArgumentException(
                $"blobs.maxBlobBytes is {MaxBlobBytes}; it must be {1 << 10} to {1L << 40} (1 KiB to 1 TiB)");
        }
    }
}
