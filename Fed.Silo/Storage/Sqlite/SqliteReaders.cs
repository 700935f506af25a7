using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Fed.Silo.Storage.Sqlite;

/// <summary>Read connections, made as needed and used again. Reads do not wait for writes (WAL).</summary>
internal sealed class SqliteReaders(SqliteFile file) : IDisposable
{
    private readonly ConcurrentBag<Reader> _idle = [];

    /// <summary>The committed row, or null.</summary>
    public SqliteRow? Read(string state, string grain)
    {
        if (!_idle.TryTake(out var reader))
        {
            reader = new Reader(file.OpenReader());
        }
        try
        {
            var row = reader.Read(state, grain);
            _idle.Add(reader);
            return row;
        }
        catch (SqliteException error)
        {
            reader.Dispose();
            throw file.Explain(error);
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var reader))
        {
            reader.Dispose();
        }
    }

    private sealed class Reader : IDisposable
    {
        private readonly SqliteConnection _connection;
        private readonly SqliteCommand _select;

        public Reader(SqliteConnection connection)
        {
            _connection = connection;
            _select = connection.CreateCommand();
            _select.CommandText = "SELECT json, etag FROM grain_state WHERE state = $state AND grain = $grain";
            _select.Parameters.Add("$state", SqliteType.Text);
            _select.Parameters.Add("$grain", SqliteType.Text);
        }

        public SqliteRow? Read(string state, string grain)
        {
            _select.Parameters[0].Value = state;
            _select.Parameters[1].Value = grain;
            using var rows = _select.ExecuteReader();
            return rows.Read() ? new SqliteRow((byte[])rows[0], rows.GetString(1)) : null;
        }

        public void Dispose()
        {
            _select.Dispose();
            _connection.Dispose();
        }
    }
}
