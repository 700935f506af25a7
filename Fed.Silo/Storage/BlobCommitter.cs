using System.Collections.Concurrent;
using Fed.Core.FailPoints;

namespace Fed.Silo.Storage;

/// <summary>
/// Makes blobs durable, on threads of its own: a disk that takes its time then holds up no request that does not wait
/// for it. A few blobs by calls for each: the bytes first, then the name, then the name's folder. Many that wait
/// together share a call (group commit): a new name is given before it, for nobody refers to the blob until it returns;
/// what has its name already is replaced after it, by bytes that are on the disk, and takes another one.
/// </summary>
internal sealed class BlobCommitter : IDisposable
{
    /// <summary>One batch gathers while another is written.</summary>
    private const int UsualThreads = 2;

    /// <summary>Fewer are done one by one: two fsync each, of which the disk merges those of both threads.</summary>
    private const int UsuallyWorthSharing = 3;

    private const int MostTogether = 256;

    private readonly BlockingCollection<BlobCommit> _queue = [];
    private readonly int _worthSharing;
    private readonly Thread[] _threads;
    private int _failures;

    /// <param name="root">The folder of the blobs.</param>
    public BlobCommitter(string root)
        : this(UsualThreads, UsuallyWorthSharing, () => FileSystemSync.TryOpen(root))
    {
    }

    /// <param name="openSync">Called for each thread; null: blobs are done one by one.</param>
    internal BlobCommitter(int threads, int worthSharing, Func<ISharedSync?> openSync)
    {
        _worthSharing = worthSharing;
        var syncs = Enumerable.Range(0, threads).Select(_ => openSync()).ToArray();
        _threads =
        [
            .. syncs.Select(sync => new Thread(() => Run(sync)) { IsBackground = true, Name = "blob commits" }),
        ];
        foreach (var thread in _threads)
            thread.Start();
    }

    /// <summary>
    /// Calls for many blobs that have failed. A system tells of an error in writing back once: such a call may have
    /// been told of one in a file that was not among its blobs, and the next call goes well. Only the file's own fsync,
    /// whose descriptor was open at the time, still tells (errors are kept for each descriptor, fsync(2)); so whose
    /// file was opened before a failure is done alone.
    /// </summary>
    public int Failures => Volatile.Read(ref _failures);

    /// <returns>Completes with <see cref="BlobCommit.Durable"/>.</returns>
    /// <exception cref="ObjectDisposedException">The store has been closed.</exception>
    public Task CommitAsync(BlobCommit commit)
    {
        try
        {
            _queue.Add(commit);
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException(nameof(FileBlobStore), "the blob store is closed");
        }

        return commit.Durable;
    }

    /// <summary>Commits what waits, then ends.</summary>
    public void Dispose()
    {
        if (_queue.IsAddingCompleted)
            return;
        _queue.CompleteAdding();
        foreach (var thread in _threads)
            thread.Join();
    }

    private void Run(ISharedSync? sync)
    {
        using (sync)
        {
            List<BlobCommit> batch = [];
            foreach (var first in _queue.GetConsumingEnumerable())
            {
                batch.Clear();
                batch.Add(first);
                while (batch.Count < MostTogether && _queue.TryTake(out var next))
                    batch.Add(next);
                if (sync is null || batch.Count < _worthSharing || batch.Exists(IsOlderThanAFailure))
                    batch.ForEach(CommitAlone);
                else
                    CommitTogether(batch, sync);
            }
        }
    }

    private bool IsOlderThanAFailure(BlobCommit commit) => commit.FailuresBefore != Failures;

    private static void CommitAlone(BlobCommit commit)
    {
        try
        {
            FailPoint.Hit(FailPointNames.BlobBeforeFsync);
            commit.Stream.Sync();
            commit.Stream.Dispose();
            FailPoint.Hit(FailPointNames.BlobAfterFsync);
            commit.Rename();
            FailPoint.Hit(FailPointNames.BlobBeforeFolderFsync);
            DurableFolder.Sync(Path.GetDirectoryName(commit.Target)!);
            FailPoint.Hit(FailPointNames.BlobAfterFolderFsync);
        }
        catch (Exception error)
        {
            commit.Fail(error);
            return;
        }

        commit.Succeed();
    }

    private void CommitTogether(List<BlobCommit> batch, ISharedSync sync)
    {
        // The name decides, not a look before: another silo may be giving it, durably, in between.
        List<BlobCommit> fresh = [], known = [];
        foreach (var commit in batch)
        {
            if (TryName(commit) is { } isNew)
                (isNew ? fresh : known).Add(commit);
        }

        FailPoint.Hit(FailPointNames.BlobBeforeFsync);
        if (!TrySync([.. fresh, .. known], sync))
            return;
        FailPoint.Hit(FailPointNames.BlobAfterFsync);
        fresh.ForEach(commit => commit.Succeed());
        known.RemoveAll(commit => !TryRename(commit));
        if (known.Count == 0)
            return;
        FailPoint.Hit(FailPointNames.BlobBeforeFolderFsync);
        if (!TrySync(known, sync))
            return;
        FailPoint.Hit(FailPointNames.BlobAfterFolderFsync);
        known.ForEach(commit => commit.Succeed());
    }

    /// <summary>A failure is everybody's: whose bytes are missing is not known.</summary>
    private bool TrySync(List<BlobCommit> batch, ISharedSync sync)
    {
        try
        {
            sync.Sync();
            return true;
        }
        catch (Exception error)
        {
            Interlocked.Increment(ref _failures);
            batch.ForEach(commit => commit.Fail(error));
            return false;
        }
    }

    /// <returns>Whether the name was new and is given; null when it failed.</returns>
    private static bool? TryName(BlobCommit commit)
    {
        try
        {
            commit.Stream.Dispose();
            return commit.TryName();
        }
        catch (Exception error)
        {
            commit.Fail(error);
            return null;
        }
    }

    private static bool TryRename(BlobCommit commit)
    {
        try
        {
            commit.Stream.Dispose();
            commit.Rename();
            return true;
        }
        catch (Exception error)
        {
            commit.Fail(error);
            return false;
        }
    }
}

/// <summary>A written blob that waits to be made durable under its name.</summary>
/// <param name="Stream">Its bytes, all written; closed on the way.</param>
/// <param name="Path">Where they are.</param>
/// <param name="Target">Where they shall be; replaced, for what is there has the same bytes.</param>
/// <param name="Names">Held while it gets its name: a removal may be looking how old it is.</param>
internal sealed record BlobCommit(HashingFileStream Stream, string Path, string Target, NameGate Names)
{
    private readonly TaskCompletionSource _durable = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary><see cref="BlobCommitter.Failures"/> before the file was opened.</summary>
    public int FailuresBefore { get; init; }

    /// <summary>Completes when bytes and name are on the disk; fails when they may not be.</summary>
    public Task Durable => _durable.Task;

    public void Rename()
    {
        FailPoint.Hit(FailPointNames.BlobBeforeRename);
        using (Names.Share())
            File.Move(Path, Target, overwrite: true);
        FailPoint.Hit(FailPointNames.BlobAfterRename);
    }

    /// <returns>False, and nothing has changed, where the name is given already, or must be given otherwise.</returns>
    public bool TryName()
    {
        FailPoint.Hit(FailPointNames.BlobBeforeRename);
        bool given;
        using (Names.Share())
            given = NewName.TryRename(Path, Target);
        if (given)
            FailPoint.Hit(FailPointNames.BlobAfterRename);
        return given;
    }

    public void Succeed() => _durable.SetResult();

    public void Fail(Exception error) => _durable.SetException(error);
}
