using Fed.Core.IO;

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

/// <summary>What a listing tells of one blob.</summary>
/// <param name="Sha256">Its name, 64 lower-case hex digits.</param>
/// <param name="Modified">
/// When these bytes were last committed, to the second or better: committing what is there already counts too, so that
/// a collector's grace holds for whoever is about to refer to it.
/// </param>
public readonly record struct BlobInfo(string Sha256, long Bytes, DateTimeOffset Modified);

/// <summary>A blob in the making. Disposing it without a commit deletes it.</summary>
public interface IBlobWriter : IAsyncDisposable
{
    /// <summary>Sequential; the content is hashed as it is written. Seekable is not promised.</summary>
    Stream Stream { get; }

    /// <summary>SHA-256 (lower-case hex) of what was written so far.</summary>
    string Sha256 { get; }

    /// <summary>Makes the blob durable (fsync, then rename) and visible; returns its SHA-256.</summary>
    ValueTask<string> CommitAsync(CancellationToken cancellationToken);
}

/// <summary>Random access to one blob, from several threads, until it is disposed.</summary>
public interface IBlobReader : IRandomReader, IDisposable;
