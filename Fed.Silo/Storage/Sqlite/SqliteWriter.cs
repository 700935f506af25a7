using System.Collections.Concurrent;
using Fed.Core.FailPoints;
using Microsoft.Data.Sqlite;
using Orleans.Runtime;

namespace Fed.Silo.Storage.Sqlite;

/// <summary>
/// The one thread that writes. It takes all writes that wait, up to a limit, into one transaction (group commit) and
/// answers them when that is on the disk; those that came meanwhile make the next one. A transaction that fails fails
/// all its writes, and where the connection may have suffered the next one begins with another.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private readonly BlockingCollection<SqliteWrite> _queue = [];
    private readonly SqliteFile _file;
    private readonly int _maxBatch;
    private readonly Thread _thread;
    private SqliteConnection _connection;
    private SqliteStatements _statements;
    private int _generation;
    private long _commits;

    public SqliteWriter(SqliteFile file, int maxBatch)
    {
        _file = file;
        _maxBatch = maxBatch;
        _generation = file.Generation;
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
        SqliteOutcome[] outcomes;
        try
        {
            _file.RequireThere();
            if (_generation != _file.Generation)
            {
                Reopen();
            }
            outcomes = Run(batch);
        }
#pragma warning disable CA1031 // Whatever failed, it is thrown where each write is awaited; the next may go well.
        catch (Exception error)
#pragma warning restore CA1031
        {
            if (!LeavesTheConnectionWhole(error))
            {
                _file.Abandon();
            }
            // The transaction rolled back: none of the batch is stored, and each writer learns why.
            var explained = _file.Explain(error);
            batch.ForEach(write => write.Answer.SetException(explained));
            return;
        }
        for (var i = 0; i < outcomes.Length; i++)
        {
            batch[i].Answer.SetResult(outcomes[i]);
        }
    }

    private SqliteOutcome[] Run(List<SqliteWrite> batch)
    {
        var outcomes = new SqliteOutcome[batch.Count];
        using var transaction = _connection.BeginTransaction(deferred: false);
        for (var i = 0; i < outcomes.Length; i++)
        {
            outcomes[i] = _statements.Apply(batch[i], transaction);
        }
        FailPoint.Hit(FailPointNames.StateBeforeCommit);
        transaction.Commit();
        FailPoint.Hit(FailPointNames.StateAfterCommit);
        Interlocked.Increment(ref _commits);
        return outcomes;
    }

    /// <summary>
    /// After these SQLite has rolled back and can go on. A full disk would not let us open the file again: that makes
    /// files.
    /// </summary>
    private static bool LeavesTheConnectionWhole(Exception error) =>
        error is SqliteException && StorageFaults.Of(error) is StorageFault.Full or StorageFault.Locked;

    private void Reopen()
    {
        // Read first: what is raised meanwhile asks for yet another.
        var generation = _file.Generation;
        // Opened before the old one is closed: the last connection would take the log and its index with it.
        var connection = _file.OpenWriterAgain();
        var (oldConnection, oldStatements) = (_connection, _statements);
        (_connection, _statements, _generation) = (connection, new SqliteStatements(connection), generation);
        try
        {
            oldStatements.Dispose();
            oldConnection.Dispose();
        }
        catch (SqliteException)
        {
            // Its transaction cannot be rolled back: it ends with its connection, and those who wrote know.
        }
    }
}

/// <summary>One conditional write that waits for its transaction.</summary>
/// <param name="StateName">The state's name.</param>
/// <param name="GrainId">The grain.</param>
/// <param name="ETag">The ETag that storage must hold; null where it must hold no record.</param>
/// <param name="Json">What to store; null to delete.</param>
internal sealed record SqliteWrite(string StateName, GrainId GrainId, string? ETag, byte[]? Json)
{
    public TaskCompletionSource<SqliteOutcome> Answer { get; } =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>How a write went.</summary>
/// <param name="Applied">Whether the ETag matched.</param>
/// <param name="ETag">The ETag now in storage; null for no record.</param>
internal readonly record struct SqliteOutcome(bool Applied, string? ETag);

/// <summary>A stored state.</summary>
internal sealed record SqliteRow(byte[] Json, string ETag);
