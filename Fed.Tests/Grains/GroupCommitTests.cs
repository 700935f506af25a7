using Fed.Grains.Persistence;

namespace Fed.Tests.Grains;

/// <summary>Run on one scheduler, as a grain would.</summary>
public sealed class GroupCommitTests
{
    private readonly ConcurrentExclusiveSchedulerPair _turns = new();
    private readonly List<TaskCompletionSource> _writes = [];

    [Fact]
    public Task Commits_DuringAWrite_ShareTheNextOne() => OnTurns(async () =>
    {
        var commit = new GroupCommit(Write);
        var first = commit.CommitAsync();
        var second = commit.CommitAsync();
        var third = commit.CommitAsync();

        Assert.Single(_writes);
        _writes[0].SetResult();
        await first;
        Assert.False(second.IsCompleted);
        await UntilAsync(() => _writes.Count == 2);
        _writes[1].SetResult();
        await second;
        await third;
        Assert.Equal(2, _writes.Count);
    });

    [Fact]
    public Task Failure_ReachesItsOwnCallers_AndNotTheNext() => OnTurns(async () =>
    {
        var commit = new GroupCommit(Write);
        var first = commit.CommitAsync();
        var second = commit.CommitAsync();

        _writes[0].SetException(new IOException("disk full"));
        await Assert.ThrowsAsync<IOException>(() => first);
        await UntilAsync(() => _writes.Count == 2);
        _writes[1].SetResult();
        await second;
    });

    [Fact]
    public Task Commit_AfterAllIsDone_WritesAgain() => OnTurns(async () =>
    {
        var commit = new GroupCommit(Write);
        var first = commit.CommitAsync();
        _writes[0].SetResult();
        await first;
        var second = commit.CommitAsync();
        _writes[1].SetResult();
        await second;

        Assert.Equal(2, _writes.Count);
    });

    private Task Write()
    {
        _writes.Add(new TaskCompletionSource());
        return _writes[^1].Task;
    }

    private Task OnTurns(Func<Task> test) => Task.Factory.StartNew(
        test, CancellationToken.None, TaskCreationOptions.None, _turns.ExclusiveScheduler).Unwrap();

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Yield();
    }
}
