namespace Fed.Contracts.Collection;

/// <summary>A steward's order to remove blobs that nothing needs.</summary>
public sealed record CollectionRequest
{
    public const int DefaultGraceMinutes = 60;

    /// <summary>Versions of each tier that are kept, the newest, 1 to 1,000,000; null: as before.</summary>
    public int? Keep { get; init; }

    /// <summary>Whose versions <see cref="Keep"/> is about; null: of all federations.</summary>
    public string? Federation { get; init; }

    /// <summary>
    /// Younger blobs stay: somebody may be about to refer to them. 1 to 10,080; longer than the longest fold or upload.
    /// </summary>
    public int GraceMinutes { get; init; } = DefaultGraceMinutes;

    /// <summary>Only say what would be removed.</summary>
    public bool DryRun { get; init; }

    /// <summary>Who orders it; stands in the signed record when versions are given up.</summary>
    public required string By { get; init; }

    /// <summary>Why; stands there too.</summary>
    public required string Reason { get; init; }
}

/// <summary>What a collection found, or on a dry run would have done.</summary>
/// <param name="Floors">By federation and tier, the lowest version that is kept.</param>
/// <param name="Needed">Blobs that something refers to.</param>
/// <param name="Young">Blobs that nothing refers to, within the grace.</param>
/// <param name="Removed">Blobs that nothing refers to.</param>
public sealed record CollectionReport(
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Floors,
    BlobTotal Needed,
    BlobTotal Young,
    BlobTotal Removed,
    bool DryRun);

/// <summary>So many blobs, with so many bytes together.</summary>
public readonly record struct BlobTotal(long Blobs, long Bytes)
{
    public BlobTotal Plus(long bytes) => new(Blobs + 1, Bytes + bytes);
}
