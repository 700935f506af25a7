using System.Globalization;
using Fed.Silo.Hosting;
using Microsoft.Data.Sqlite;

namespace Fed.Silo.Storage.Sqlite;

/// <summary>
/// What a state file looks like, and how it says so: by SQLite's application_id and user_version.
/// </summary>
internal static class SqliteFormat
{
    public const int Version = 3;

    /// <summary>"FedH" in ASCII.</summary>
    public const int ApplicationId = 0x46656448;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS grain_state (
            state TEXT NOT NULL,
            grain TEXT NOT NULL,
            etag TEXT NOT NULL,
            json BLOB NOT NULL,
            PRIMARY KEY (state, grain)) WITHOUT ROWID
        """;

    /// <exception cref="InvalidDataException">The file is neither new nor of this format.</exception>
    public static void Check(SqliteConnection connection, string path)
    {
        var application = Number(connection, "PRAGMA application_id");
        if (application != ApplicationId)
        {
            if (application == 0 && Number(connection, "SELECT count(*) FROM sqlite_schema") == 0)
                return;
            throw new InvalidDataException(
                $"'{path}' is a SQLite database, but no state file of FedHier (its application_id is {application}, "
                + $"not {ApplicationId}); choose another folder, or move the file away");
        }

        var version = Number(connection, "PRAGMA user_version");
        if (version != Version)
        {
            throw new InvalidDataException(
                $"'{path}' is a state file of format {version}, and this silo (version "
                + $"{FedSilo.Version}) reads format {Version}; run the version of FedHier that wrote it, "
                + "or choose another folder");
        }
    }

    /// <exception cref="StorageUnavailableException">The file is not one of this format.</exception>
    public static void RequireOurs(SqliteConnection connection, string path)
    {
        if (Number(connection, "PRAGMA application_id") == ApplicationId
            && Number(connection, "PRAGMA user_version") == Version)
        {
            return;
        }

        throw new StorageUnavailableException(
            $"'{path}' is not the state file that this silo was started with; put that back, or stop the silo", null);
    }

    public static void Create(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        SqliteFile.Execute(connection, Schema);
        SqliteFile.Execute(connection, $"PRAGMA application_id={ApplicationId}");
        SqliteFile.Execute(connection, $"PRAGMA user_version={Version}");
        transaction.Commit();
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
