namespace Fed.Contracts.Storage;

/// <summary>Immutable bytes under the lower-case hex SHA-256 of their content.</summary>
public interface IBlobStore
{
    /// <summary>Starts a temporary blob; it leaves nothing behind unless it is committed.</summary>
    ValueTask<IBlobWriter> CreateAsync(CancellationToken cancellationToken);

    /// <summary>Null when there is no such blob. Never trusts the name: it must be 64 hex digits.</summary>
    ValueTask<IBlobReader?> OpenAsync(string sha256, CancellationToken cancellationToken);

    /// <summary>
    /// Removes a blob that nothing refers to any more; whoever has it open may read on. Harmless when there is none.
    /// </summary>
    /// <param name="committedBefore">Not if it was committed then or later: somebody may be about to refer to it, and
    /// a commit at this very moment either counts or finds no such blob. Null: whenever it was.</param>
    /// <returns>Whether it is gone.</returns>
    ValueTask<bool> RemoveAsync(string sha256, DateTimeOffset? committedBefore, CancellationToken cancellationToken);

    /// <summary>
    /// Every committed blob, in no promised order, none in the making. What appears or goes while it is listed may be
    /// missed or still named.
    /// </summary>
    IAsyncEnumerable<BlobInfo> ListAsync(CancellationToken cancellationToken);
}
