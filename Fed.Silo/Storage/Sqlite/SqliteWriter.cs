using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Fed.Silo.Storage.Sqlite;

/// <summary>
/// The one thread that writes. It takes all writes that wait, up to a limit, into one transaction (group commit) and
/// answers them when that is on the disk; those that came meanwhile make the next one.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private readonly BlockingCollection<SqliteWrite> _queue = [];
    private readonly SqliteFile _file;
    private readonly int _maxBatch;
    private readonly Thread _thread;
    private readonly SqliteConnection _connection;
    private readonly SqliteStatements _statements;
    private long _commits;

    public SqliteWriter(SqliteFile file, int maxBatch)
    {
        _file = file;
        _maxBatch = maxBatch;
        _connection = file.OpenWriter();
        _statements = new SqliteStatements(_connection);
        _thread = new Thread(Run) { IsBackground = true, Name = "grain state writer" };
        _thread.Start();
    }

    public long Commits => Interlocked.Read(ref _commits);

    /// <exception cref="ObjectDisposedException">The storage has been closed.</exception>
    public Task<SqliteOutcome> SubmitAsync(SqliteWrite write)
    {
        try
        {
            _queue.Add(write);
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException(nameof(SqliteGrainStorage), $"'{_file.Path}' is closed.");
        }
        return write.Answer.Task;
    }

    /// <summary>Writes what waits, then closes.</summary>
    public void Dispose()
    {
        if (!_queue.IsAddingCompleted)
        {
            _queue.CompleteAdding();
            _thread.Join();
            _statements.Dispose();
            _connection.Dispose();
        }
    }

    private void Run()
    {
        List<SqliteWrite> batch = [];
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            batch.Clear();
            batch.Add(first);
            while (batch.Count < _maxBatch && _queue.TryTake(out var next))
            {
                batch.Add(next);
            }
            Commit(batch);
        }
    }

    private void Commit(List<SqliteWrite> batch)
    {
        var outcomes = new SqliteOutcome[batch.Count];
        try
        {
            using var transaction = _connection.BeginTransaction(deferred: false);
            for (var i = 0; i < outcomes.Length; i++)
            {
                outcomes[i] = _statements.Apply(batch[i], transaction);
            }
            transaction.Commit();
            Interlocked.Increment(ref _commits);
        }
        catch (SqliteException error)
        {
            // The transaction rolled back: none of the batch is stored, and each writer learns why.
            batch.ForEach(write => write.Answer.SetException(_file.Explain(error)));
            return;
        }
        for (var i = 0; i < outcomes.Length; i++)
        {
            batch[i].Answer.SetResult(outcomes[i]);
        }
    }
}
