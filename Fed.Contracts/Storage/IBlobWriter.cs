namespace Fed.Contracts.Storage;

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
