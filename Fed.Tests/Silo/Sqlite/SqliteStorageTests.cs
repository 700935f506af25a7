using Fed.Silo.Storage;
using Fed.Silo.Storage.Sqlite;
using Fed.Tests.Actors;
using Microsoft.Data.Sqlite;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Fed.Tests.Silo.Sqlite;

/// <summary>Grain state in a SQLite file: conditional on ETags, durable, in groups.</summary>
public sealed class SqliteStorageTests : IDisposable
{
    private static readonly GrainId s_grain = GrainId.Create("test", "a");
    private readonly TemporaryFolder _folder = new();
    private SqliteGrainStorage _storage;

    public SqliteStorageTests() => _storage = Open();

    private string File => _folder.File("state.db");

    public void Dispose()
    {
        _storage.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Write_ThenRead_GivesTheStateBack()
    {
        var written = await WriteAsync(new GrainState<CounterState>(Value(5, "a", "b")));

        var read = await ReadAsync();

        Assert.Equal(
            (5, 2, written.ETag, true),
            (read.State!.Value, read.State.Notes.Count, read.ETag, read.RecordExists));
    }

    [Fact]
    public async Task Read_OfNothing_GivesANewState()
    {
        var read = await ReadAsync();

        Assert.Equal((0, null, false), (read.State!.Value, read.ETag, read.RecordExists));
    }

    [Fact]
    public async Task Write_WithAnOldEtag_IsRefusedAndChangesNothing()
    {
        var first = await WriteAsync(new GrainState<CounterState>(Value(1)));
        var stale = new GrainState<CounterState>(Value(99), first.ETag);
        first.State = Value(2);
        await WriteAsync(first);

        var error = await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(stale));

        Assert.Equal((first.ETag, stale.ETag), (error.StoredEtag, error.CurrentEtag));
        Assert.Equal(2, (await ReadAsync()).State!.Value);
    }

    [Fact]
    public async Task Write_WithoutEtag_WhereARecordIs_IsRefused()
    {
        await WriteAsync(new GrainState<CounterState>(Value(1)));

        await Assert.ThrowsAsync<InconsistentStateException>(
            () => WriteAsync(new GrainState<CounterState>(Value(2))));
    }

    [Fact]
    public async Task Clear_WithAnOldEtag_IsRefusedAndWithTheRightOneRemoves()
    {
        var state = await WriteAsync(new GrainState<CounterState>(Value(1)));
        var stale = new GrainState<CounterState>(Value(1), "another");

        await Assert.ThrowsAsync<InconsistentStateException>(
            () => _storage.ClearStateAsync("counter", s_grain, stale));
        await _storage.ClearStateAsync("counter", s_grain, state);

        Assert.Equal((null, false, 0), (state.ETag, state.RecordExists, state.State!.Value));
        Assert.False((await ReadAsync()).RecordExists);
    }

    [Fact]
    public async Task Write_AfterClear_NeverGetsAnEtagThatSomeoneMayHold()
    {
        var state = await WriteAsync(new GrainState<CounterState>(Value(1)));
        var held = state.ETag;
        await _storage.ClearStateAsync("counter", s_grain, state);
        await WriteAsync(state);

        await Assert.ThrowsAsync<InconsistentStateException>(
            () => WriteAsync(new GrainState<CounterState>(Value(2), held)));
    }

    [Fact]
    public async Task State_SurvivesClosingAndOpeningAgain()
    {
        var written = await WriteAsync(new GrainState<CounterState>(Value(7)));
        _storage.Dispose();
        _storage = Open();

        var read = await ReadAsync();

        Assert.Equal((7, written.ETag), (read.State!.Value, read.ETag));
    }

    [Fact]
    public async Task Writes_ThatWaitTogether_ShareATransactionAndOnlyTheConflictingOneFails()
    {
        await WriteAsync(new GrainState<CounterState>(Value(1)));
        var before = _storage.Commits;
        Task[] writes;
        Task<GrainState<CounterState>> conflict;
        using (var other = new SqliteConnection($"Data Source={File};Pooling=False"))
        {
            // While another connection holds the write lock, the writer's first transaction waits and the rest queue.
            other.Open();
            using var transaction = other.BeginTransaction(deferred: false);
            writes = [.. Enumerable.Range(0, 200).Select(i => _storage.WriteStateAsync(
                "counter", GrainId.Create("test", $"grain{i}"), new GrainState<CounterState>(Value(i))))];
            conflict = WriteAsync(new GrainState<CounterState>(Value(2)));
            transaction.Rollback();
        }
        await Task.WhenAll(writes);
        await Assert.ThrowsAsync<InconsistentStateException>(() => conflict);

        Assert.InRange(_storage.Commits - before, 1, 2);
        var read = new GrainState<CounterState>();
        await _storage.ReadStateAsync("counter", GrainId.Create("test", "grain123"), read);
        Assert.Equal(123, read.State!.Value);
    }

    [Fact]
    public async Task Write_AfterClosing_SaysSo()
    {
        _storage.Dispose();

        var error = await Assert.ThrowsAsync<ObjectDisposedException>(
            () => WriteAsync(new GrainState<CounterState>(Value(1))));

        Assert.Contains(File, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OfAFileThatIsNoDatabase_SaysWhichAndLeavesItAlone()
    {
        var file = _folder.File("letter.txt");
        var text = string.Concat(Enumerable.Repeat("Dear Sir or Madam, this is no database. ", 40));
        System.IO.File.WriteAllText(file, text);

        var error = Assert.Throws<StorageUnavailableException>(
            () => StateServices.OpenSqlite(file));

        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Equal(text, System.IO.File.ReadAllText(file));
    }

    [Theory]
    [InlineData("", 10, "Path")]
    [InlineData("x.db", 0, "MaxBatch")]
    [InlineData("x.db", 10_001, "MaxBatch")]
    public void Options_OutOfRange_AreRefusedNamingTheProperty(string path, int maxBatch, string property)
    {
        var options = new SqliteGrainStorageOptions { Path = path, MaxBatch = maxBatch };

        var error = Assert.Throws<ArgumentException>(() => StateServices.OpenSqlite(options));

        Assert.Contains(property, error.Message, StringComparison.Ordinal);
    }

    private static CounterState Value(int value, params string[] notes) => new() { Value = value, Notes = [.. notes] };

    private SqliteGrainStorage Open() => StateServices.OpenSqlite(File);

    private async Task<GrainState<CounterState>> WriteAsync(GrainState<CounterState> state)
    {
        await _storage.WriteStateAsync("counter", s_grain, state);
        return state;
    }

    private async Task<GrainState<CounterState>> ReadAsync()
    {
        var state = new GrainState<CounterState>();
        await _storage.ReadStateAsync("counter", s_grain, state);
        return state;
    }
}
