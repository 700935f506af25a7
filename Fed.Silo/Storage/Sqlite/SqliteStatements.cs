using Microsoft.Data.Sqlite;

namespace Fed.Silo.Storage.Sqlite;

/// <summary>The prepared statements of the writer.</summary>
internal sealed class SqliteStatements(SqliteConnection connection) : IDisposable
{
    private readonly SqliteCommand _insert = Prepare(
        connection, "INSERT OR IGNORE INTO grain_state (state, grain, etag, json) "
        + "VALUES ($state, $grain, $new, $json)");

    private readonly SqliteCommand _update = Prepare(
        connection, "UPDATE grain_state SET etag = $new, json = $json "
        + "WHERE state = $state AND grain = $grain AND etag = $old");

    private readonly SqliteCommand _delete = Prepare(
        connection, "DELETE FROM grain_state WHERE state = $state AND grain = $grain AND etag = $old");

    private readonly SqliteCommand _select = Prepare(
        connection, "SELECT etag FROM grain_state WHERE state = $state AND grain = $grain");

    /// <summary>Writes or deletes if the ETag matches; says what storage holds afterwards.</summary>
    public SqliteOutcome Apply(SqliteWrite write, SqliteTransaction transaction)
    {
        if (write.Json is null)
        {
            var matched = write.ETag is null
                ? Stored(write, transaction) is null
                : Run(_delete, write, null, transaction) == 1;
            return matched ? new(true, null) : new(false, Stored(write, transaction));
        }
        // Random, so that a record deleted and made again never has an ETag that someone still holds.
        var next = Guid.NewGuid().ToString("N");
        var applied = Run(write.ETag is null ? _insert : _update, write, next, transaction) == 1;
        return applied ? new(true, next) : new(false, Stored(write, transaction));
    }

    public void Dispose()
    {
        _insert.Dispose();
        _update.Dispose();
        _delete.Dispose();
        _select.Dispose();
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private string? Stored(SqliteWrite write, SqliteTransaction transaction)
    {
        Bind(_select, write, null, transaction);
        return (string?)_select.ExecuteScalar();
    }

    private static int Run(SqliteCommand command, SqliteWrite write, string? next, SqliteTransaction transaction)
    {
        Bind(command, write, next, transaction);
        return command.ExecuteNonQuery();
    }

    private static void Bind(SqliteCommand command, SqliteWrite write, string? next, SqliteTransaction transaction)
    {
        command.Transaction = transaction;
        command.Parameters.Clear();
        command.Parameters.AddWithValue("$state", write.StateName);
        command.Parameters.AddWithValue("$grain", write.GrainId.ToString());
        command.Parameters.AddWithValue("$old", (object?)write.ETag ?? DBNull.Value);
        command.Parameters.AddWithValue("$new", (object?)next ?? DBNull.Value);
        command.Parameters.Add("$json", SqliteType.Blob).Value = (object?)write.Json ?? DBNull.Value;
    }
}
