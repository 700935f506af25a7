namespace Orleans.Core;

/// <summary>A piece of grain state and its place in storage.</summary>
public interface IStorage
{
    /// <summary>The version in storage that <c>State</c> came from; null when there is none.</summary>
    string? Etag { get; }

    /// <summary>Whether storage holds a record.</summary>
    bool RecordExists { get; }

    Task ClearStateAsync();

    Task WriteStateAsync();

    Task ReadStateAsync();

    Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();

    Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

    Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();
}

/// <inheritdoc cref="IStorage"/>
public interface IStorage<TState> : IStorage
{
    TState State { get; set; }
}
