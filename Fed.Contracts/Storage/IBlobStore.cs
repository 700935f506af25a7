namespace Fed.Contracts.Storage;

/// <summary>Immutable bytes under the lower-case hex SHA-256 of their content.</summary>
public interface IBlobStore
{
    /// <summary>Starts a temporary blob; it leaves nothing behind unless it is committed.</summary>
    ValueTask<IBlobWriter> CreateAsync(CancellationToken cancellationToken);

    /// <summary>Null when there is no such blob. Never trusts the name: it must be 64 hex digits.</summary>
    ValueTask<IBlobReader?> OpenAsync(string sha256, CancellationToken cancellationToken);
}
