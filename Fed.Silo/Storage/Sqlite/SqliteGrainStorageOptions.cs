namespace Fed.Silo.Storage.Sqlite;

/// <summary>Where and how grain state is kept in a SQLite file.</summary>
public sealed class SqliteGrainStorageOptions
{
    public const int DefaultMaxBatch = 512;

    /// <summary>The database file. Its folder is made if missing.</summary>
    public string Path { get; set; } = "";

    /// <summary>Most writes in one transaction, 1 to 10,000.</summary>
    public int MaxBatch { get; set; } = DefaultMaxBatch;

    /// <exception cref="ArgumentException">A value cannot work; the message says which and what to do.</exception>
    internal void Validate(string name)
    {
        if (string.IsNullOrWhiteSpace(Path))
        {
            throw new ArgumentException(
                $"{nameof(SqliteGrainStorageOptions)}.{nameof(Path)} of storage '{name}' is empty; give a file name.");
        }
        if (MaxBatch is < 1 or > 10_000)
        {
            throw new ArgumentException(
                $"{nameof(SqliteGrainStorageOptions)}.{nameof(MaxBatch)} of storage '{name}' is {MaxBatch}; "
                + "it must be 1 to 10000.");
        }
    }
}
