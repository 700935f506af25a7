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
        file.RequireThere();
        var reader = Take();
        try
        {
            var row = reader.Read(state, grain);
            _idle.Add(reader);
            return row;
        }
        catch (SqliteException error)
        {
            file.Abandon();
            reader.Dispose();
            throw file.Explain(error);
        }
    }

    private Reader Take()
    {
        while (_idle.TryTake(out var idle))
        {
            if (idle.Generation == file.Generation)
            {
                return idle;
            }
            idle.Dispose();
        }
        // Read first: a connection that is opened meanwhile may be of the newer one, never the other way round.
        var generation = file.Generation;
        return new Reader(file.OpenReader(), generation);
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

        public Reader(SqliteConnection connection, int generation)
        {
            Generation = generation;
            _connection = connection;
            _select = connection.CreateCommand();
            _select.CommandText = "SELECT json, etag FROM grain_state WHERE state = $state AND grain = $grain";
            _select.Parameters.Add("$state", SqliteType.Text);
            _select.Parameters.Add("$grain", SqliteType.Text);
        }

        /// <summary>Of the file, when it was opened.</summary>
        public int Generation { get; }

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
