using Fed.Contracts.Storage;

namespace Fed.Folding;

/// <summary>The blobs that a job has open; closed together.</summary>
internal sealed class BlobSet(IBlobStore blobs) : IDisposable
{
    private readonly List<IBlobReader> _open = [];

    /// <exception cref="InvalidDataException">The store does not have it: something removed what is still
    /// needed.</exception>
    public async Task<IBlobReader> OpenAsync(string sha256, CancellationToken cancellationToken)
    {
        var reader = await blobs.OpenAsync(sha256, cancellationToken)
            ?? throw new InvalidDataException($"blob {sha256} is missing from the store");
        _open.Add(reader);
        return reader;
    }

    public void Dispose() => _open.ForEach(reader => reader.Dispose());
}
