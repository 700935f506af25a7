namespace Fed.Contracts.Collection;

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
