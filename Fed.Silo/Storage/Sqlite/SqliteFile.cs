using Microsoft.Data.Sqlite;

namespace Fed.Silo.Storage.Sqlite;

/// <summary>Opens connections to a state file.</summary>
/// <param name="prepare">Called with each connection before it is used; null: nothing more is to be set.</param>
internal sealed class SqliteFile(string path, Action<SqliteConnection>? prepare = null)
{
    /// <summary>How long a connection waits for another process that holds the file.</summary>
    private const int PatienceSeconds = 5;

    private int _generation;

    public string Path => path;

    /// <summary>Raised when connections opened before are not to be used any more.</summary>
    public int Generation => Volatile.Read(ref _generation);

    /// <exception cref="StorageUnavailableException">The file cannot be opened, or is no database.</exception>
    /// <exception cref="InvalidDataException">It is a database, but not of this format.</exception>
    public SqliteConnection OpenWriter()
    {
        var connection = Open(SqliteOpenMode.ReadWriteCreate);
        try
        {
            // Before anything is changed: a file that is not ours stays as it is.
            SqliteFormat.Check(connection, path);
            SetUpWriter(connection);
            SqliteFormat.Create(connection);
            return connection;
        }
        catch (Exception error)
        {
            connection.Dispose();
            throw Explained(error);
        }
    }

    /// <summary>
    /// The file that was opened before, in the state it is in now. Never a new one: where storage is away, an empty
    /// folder may stand in its place, and an empty state would be taken for that of a silo that knows nobody.
    /// </summary>
    /// <exception cref="StorageUnavailableException">It is not there, or something else is.</exception>
    public SqliteConnection OpenWriterAgain()
    {
        RequireThere();
        var connection = Open(SqliteOpenMode.ReadWrite);
        try
        {
            SqliteFormat.RequireOurs(connection, path);
            SetUpWriter(connection);
            return connection;
        }
        catch (Exception error)
        {
            connection.Dispose();
            throw Explained(error);
        }
    }

    public SqliteConnection OpenReader() => Open(SqliteOpenMode.ReadWrite);

    /// <summary>
    /// A file that was removed or moved away can still be written through an open connection: what that acknowledges
    /// nobody finds again. An empty file is none either, and must not be opened: SQLite would take the log beside it
    /// for a leftover and delete it.
    /// </summary>
    /// <exception cref="StorageUnavailableException">There is no file of this name now.</exception>
    public void RequireThere()
    {
        if (new FileInfo(path) is { Exists: true, Length: > 0 })
            return;
        Abandon();
        throw new StorageUnavailableException(
            $"Grain state in '{path}' cannot be read or written: the file is not there, or empty. Bring it back.",
            null);
    }

    /// <summary>Connections that are open now may be of another file than the next ones.</summary>
    public void Abandon() => Interlocked.Increment(ref _generation);

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Says which file it was, beside what SQLite says.</summary>
    public StorageUnavailableException Explain(Exception error) =>
        error as StorageUnavailableException ?? new StorageUnavailableException(
            $"Grain state in '{path}' cannot be read or written: {error.Message} "
            + "Check that the file is a FedHier state file, that it can be written and that the disk has room.", error);

    private static void SetUpWriter(SqliteConnection connection)
    {
        Execute(connection, "PRAGMA journal_mode=WAL");
        // FULL: a commit returns after the log is flushed, so an acknowledged write survives power loss.
        Execute(connection, "PRAGMA synchronous=FULL");
        // 16 MB of log rather than 4: the same records are written again and again, and a checkpoint, which holds up
        // commits, writes each of their pages once.
        Execute(connection, "PRAGMA wal_autocheckpoint=4000");
    }

    private Exception Explained(Exception error) => error is SqliteException ? Explain(error) : error;

    private SqliteConnection Open(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            // The library repeats what SQLite's own wait has given up, for as long as this says.
            DefaultTimeout = PatienceSeconds,
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, $"PRAGMA busy_timeout={PatienceSeconds * 1000}");
            prepare?.Invoke(connection);
            return connection;
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw Explain(error);
        }
    }
}
