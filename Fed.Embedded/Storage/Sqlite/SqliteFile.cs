using Microsoft.Data.Sqlite;

namespace Fed.Embedded.Storage;

/// <summary>Opens connections to a state file and knows its one table.</summary>
internal sealed class SqliteFile(string path)
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS grain_state (
            state TEXT NOT NULL,
            grain TEXT NOT NULL,
            etag TEXT NOT NULL,
            json BLOB NOT NULL,
            PRIMARY KEY (state, grain)) WITHOUT ROWID
        """;

    public string Path => path;

    /// <exception cref="IOException">The file cannot be opened, or is no database.</exception>
    public SqliteConnection OpenWriter()
    {
        var connection = Open(SqliteOpenMode.ReadWriteCreate);
        try
        {
            Execute(connection, "PRAGMA journal_mode=WAL");
            // FULL: a commit returns after the log is flushed, so an acknowledged write survives power loss.
            Execute(connection, "PRAGMA synchronous=FULL");
            Execute(connection, Schema);
            return connection;
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw Explain(error);
        }
    }

    public SqliteConnection OpenReader() => Open(SqliteOpenMode.ReadWrite);

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Says which file it was, beside what SQLite says.</summary>
    public IOException Explain(SqliteException error) => new(
        $"Grain state in '{path}' cannot be read or written: {error.Message} "
        + "Check that the file is a FedHier state file, that it can be written and that the disk has room.", error);

    private SqliteConnection Open(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA busy_timeout=5000");
            return connection;
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw Explain(error);
        }
    }
}
