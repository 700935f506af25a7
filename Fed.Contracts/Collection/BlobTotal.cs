namespace Fed.Contracts.Collection;

/// <summary>So many blobs, with so many bytes together.</summary>
public readonly record struct BlobTotal(long Blobs, long Bytes)
{
    public BlobTotal Plus(long bytes) => new(Blobs + 1, Bytes + bytes);
}
