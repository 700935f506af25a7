using Fed.Silo.Storage;

namespace Fed.Tests.Silo;

public sealed class BlobCommitterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-commits-").FullName;
    private readonly GatedSync _sync = new();
    private readonly NameGate _names;
    private int _written;

    public BlobCommitterTests()
    {
        _names = new NameGate(_folder);
        _names.Create();
    }

    public void Dispose()
    {
        _sync.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task CommitAsync_SeveralTogether_HaveTheirNamesBeforeTheOneSyncTheyShare()
    {
        using var committer = Shared();
        var (first, others) = await QueueBehindAsync(committer);

        Assert.True(File.Exists(first.Target));
        Assert.False(first.Durable.IsCompleted);
        Assert.DoesNotContain(others, commit => File.Exists(commit.Target));
        _sync.Pass();
        await first.Durable;

        await _sync.EnteredAsync();
        Assert.All(others, commit => Assert.True(File.Exists(commit.Target)));
        Assert.DoesNotContain(others, commit => commit.Durable.IsCompleted);
        _sync.Pass();
        await Task.WhenAll(others.Select(commit => commit.Durable));

        Assert.Equal(2, _sync.Calls);
    }

    [Fact]
    public async Task CommitAsync_OfWhatIsThere_ReplacesItOnlyByBytesThatAreDurable()
    {
        using var committer = Shared();
        var first = Written();
        await File.WriteAllTextAsync(first.Target, "good");
        _ = committer.CommitAsync(first);

        // The bytes are being synchronised.
        await _sync.EnteredAsync();
        Assert.Equal("good", await File.ReadAllTextAsync(first.Target));
        _sync.Pass();
        // And now the name.
        await _sync.EnteredAsync();
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(first.Target));
        Assert.False(first.Durable.IsCompleted);
        _sync.Pass();
        await first.Durable;

        Assert.Equal(2, _sync.Calls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CommitAsync_WhoseSharedSyncFails_FailsForAllThatShareIt(bool isThere)
    {
        using var committer = Shared();
        var (first, others) = await QueueBehindAsync(committer);
        if (isThere)
            others.ToList().ForEach(commit => File.WriteAllText(commit.Target, "good"));
        _sync.Pass();
        await first.Durable;
        await _sync.EnteredAsync();
        if (isThere)
        {
            _sync.Pass();
            await _sync.EnteredAsync();
        }

        _sync.Fail();

        foreach (var commit in others)
            await Assert.ThrowsAsync<IOException>(() => commit.Durable);
        // The next one is not theirs.
        var later = committer.CommitAsync(Written() with { FailuresBefore = committer.Failures });
        await _sync.EnteredAsync();
        _sync.Pass();
        await later;
    }

    [Fact]
    public async Task CommitAsync_OfAFileThatWasOpenWhenASharedSyncFailed_IsSynchronisedByItself()
    {
        using var committer = Shared();
        var open = Written() with { FailuresBefore = committer.Failures };
        var lost = committer.CommitAsync(Written() with { FailuresBefore = committer.Failures });
        await _sync.EnteredAsync();
        _sync.Fail();
        await Assert.ThrowsAsync<IOException>(() => lost);

        // The failed call may have been told of its bytes: another such call would say that all is well.
        await committer.CommitAsync(open);

        Assert.Equal(1, _sync.Calls);
        Assert.True(File.Exists(open.Target));
    }

    [Fact]
    public async Task CommitAsync_WhoseRenameFails_FailsAlone()
    {
        using var committer = Shared();
        var first = committer.CommitAsync(Written());
        await _sync.EnteredAsync();
        var good = Written();
        var lost = Written() with { Target = Path.Combine(_folder, "no", "such", "folder") };
        _ = committer.CommitAsync(good);
        _ = committer.CommitAsync(lost);

        _sync.PassAll();

        await first;
        await good.Durable;
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => lost.Durable);
    }

    [Fact]
    public async Task CommitAsync_WithoutASharedSync_IsDurableOneByOne()
    {
        using var committer = new BlobCommitter(threads: 2, worthSharing: 1, () => null);
        var commits = Enumerable.Range(0, 8).Select(_ => Written()).ToArray();

        await Task.WhenAll(commits.Select(committer.CommitAsync));

        Assert.All(commits, commit => Assert.True(File.Exists(commit.Target)));
        Assert.DoesNotContain(commits, commit => File.Exists(commit.Path));
    }

    [Fact]
    public async Task Dispose_WithCommitsInTheQueue_FinishesThemAndTakesNoMore()
    {
        var committer = new BlobCommitter(_folder);
        var commits = Enumerable.Range(0, 16).Select(_ => Written()).ToArray();
        var all = Task.WhenAll(commits.Select(committer.CommitAsync));

        committer.Dispose();

        await all;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => committer.CommitAsync(Written()));
    }

    [Fact]
    public void Sync_OfAFileSystem_IsThereOnLinuxOnly()
    {
        using var sync = FileSystemSync.TryOpen(_folder);

        Assert.Equal(OperatingSystem.IsLinux(), sync is not null);
        sync?.Sync();
    }

    private BlobCommitter Shared() => new(threads: 1, worthSharing: 1, () => _sync);

    /// <summary>One commit stands in its first sync, three wait behind it.</summary>
    private async Task<(BlobCommit First, BlobCommit[] Others)> QueueBehindAsync(BlobCommitter committer)
    {
        var first = Written();
        _ = committer.CommitAsync(first);
        await _sync.EnteredAsync();
        var others = Enumerable.Range(0, 3).Select(_ => Written()).ToArray();
        foreach (var commit in others)
            _ = committer.CommitAsync(commit);
        return (first, others);
    }

    private BlobCommit Written()
    {
        var path = Path.Combine(_folder, $"written-{++_written}");
        var stream = new HashingFileStream(path, maxBytes: 100);
        stream.Write([1, 2, 3]);
        return new BlobCommit(stream, path, path + "-named", _names);
    }

    /// <summary>A sync that does nothing but wait to be let on; on the one thread of the committer.</summary>
    private sealed class GatedSync : ISharedSync
    {
        private readonly SemaphoreSlim _entered = new(0);
        private readonly SemaphoreSlim _answers = new(0);
        private volatile bool _fails;
        private volatile bool _open;

        public int Calls { get; private set; }

        public Task EnteredAsync() => _entered.WaitAsync();

        public void Pass() => _answers.Release();

        public void PassAll()
        {
            _open = true;
            _answers.Release();
        }

        public void Fail()
        {
            _fails = true;
            _answers.Release();
        }

        public void Sync()
        {
            Calls++;
            _entered.Release();
            if (!_open)
                _answers.Wait();
            if (!_fails)
                return;
            _fails = false;
            throw new IOException("no space left on the device");
        }

        public void Dispose()
        {
            // The committer disposes it at its end; what it holds needs no disposal.
        }
    }
}
