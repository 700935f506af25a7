namespace Fed.Cli.Audit;

/// <summary>What an audit reads: a running server, or a bundle that was written from one.</summary>
internal interface IAuditSource : IDisposable
{
    Task<AuditHead> ReadHeadAsync(CancellationToken cancellationToken);

    /// <summary>Writes a blob's bytes as they are stored; whether they are what its name says, the caller
    /// checks.</summary>
    /// <exception cref="InvalidDataException">There is no such blob.</exception>
    Task CopyAsync(string sha256, Stream destination, CancellationToken cancellationToken);
}
