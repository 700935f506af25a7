using Fed.Core.FailPoints;

namespace Fed.Silo.Storage;

/// <summary>A written blob that waits to be made durable under its name.</summary>
/// <param name="Stream">Its bytes, all written; closed on the way.</param>
/// <param name="Path">Where they are.</param>
/// <param name="Target">Where they shall be; replaced, for what is there has the same bytes.</param>
/// <param name="Names">Held while it gets its name: a removal may be looking how old it is.</param>
internal sealed record BlobCommit(HashingFileStream Stream, string Path, string Target, ReaderWriterLockSlim Names)
{
    private readonly TaskCompletionSource _durable = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary><see cref="BlobCommitter.Failures"/> before the file was opened.</summary>
    public int FailuresBefore { get; init; }

    /// <summary>Completes when bytes and name are on the disk; fails when they may not be.</summary>
    public Task Durable => _durable.Task;

    public void Rename()
    {
        FailPoint.Hit(FailPointNames.BlobBeforeRename);
        Names.EnterReadLock();
        try
        {
            File.Move(Path, Target, overwrite: true);
        }
        finally
        {
            Names.ExitReadLock();
        }

        FailPoint.Hit(FailPointNames.BlobAfterRename);
    }

    public void Succeed() => _durable.SetResult();

    public void Fail(Exception error) => _durable.SetException(error);
}
