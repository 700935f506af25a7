using Microsoft.Data.Sqlite;

namespace Fed.Silo.Storage.Sqlite;

/// <summary>Opens connections to a state file.</summary>
internal sealed class SqliteFile(string path)
{
    public string Path => path;

    /// <exception cref="IOException">The file cannot be opened, or is no database.</exception>
    /// <exception cref="InvalidDataException">It is a database, but not of this format.</exception>
    public SqliteConnection OpenWriter()
    {
        var connection = Open(SqliteOpenMode.ReadWriteCreate);
        try
        {
            // Before anything is changed: a file that is not ours stays as it is.
            SqliteFormat.Check(connection, path);
            Execute(connection, "PRAGMA journal_mode=WAL");
            // FULL: a commit returns after the log is flushed, so an acknowledged write survives power loss.
            Execute(connection, "PRAGMA synchronous=FULL");
            SqliteFormat.Create(connection);
            return connection;
        }
        catch (InvalidDataException)
        {
            connection.Dispose();
            throw;
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
