using Fed.Silo.Storage;
using Fed.Silo.Storage.Sqlite;
using Fed.Tests.Actors;
using Microsoft.Data.Sqlite;
using Orleans;
using Orleans.Runtime;

namespace Fed.Tests.Silo.Sqlite;

/// <summary>A state file that refuses, and then does not any more.</summary>
public sealed class SqliteOutageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<SqliteConnection> _opened = [];
    private readonly SqliteGrainStorage _storage;

    public SqliteOutageTests() => _storage = StateServices.OpenSqlite(
        File,
        connection =>
        {
            connection.DefaultTimeout = 1;
            SqliteFile.Execute(connection, "PRAGMA busy_timeout=0");
            _opened.Add(connection);
        });

    private string File => _folder.File("state.db");

    /// <summary>The connection of the writer, opened first.</summary>
    private SqliteConnection Writer => _opened[0];

    public void Dispose()
    {
        _storage.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Write_WithoutRoom_FailsWholeAndSucceedsOnceThereIsRoom()
    {
        var state = await WriteAsync(State(1));
        var etag = state.ETag;
        SqliteFile.Execute(Writer, "PRAGMA max_page_count=1");
        state.State = Value(2, size: 1_000_000);
        var beside = State(3, size: 1_000_000);

        var errors = await Task.WhenAll(
            FailAsync(() => WriteAsync(state)),
            FailAsync(() => _storage.WriteStateAsync("counter", GrainId.Create("test", "b"), beside)));

        Assert.All(errors, error => Assert.Equal(StorageFault.Full, error.Fault));
        Assert.Equal((etag, null), (state.ETag, beside.ETag));
        Assert.Equal((1, etag), await ReadAsync());
        SqliteFile.Execute(Writer, "PRAGMA max_page_count=1000000");
        await WriteAsync(state);
        Assert.Equal((2, state.ETag), await ReadAsync());
    }

    [Fact]
    public async Task Write_OnAConnectionThatHasBecomeReadOnly_SucceedsOnTheNextOne()
    {
        var state = await WriteAsync(State(1));
        SqliteFile.Execute(Writer, "PRAGMA query_only=1");
        state.State = Value(2);

        var error = await FailAsync(() => WriteAsync(state));
        await WriteAsync(state);

        Assert.Equal(StorageFault.ReadOnly, error.Fault);
        Assert.Equal((2, state.ETag), await ReadAsync());
    }

    [Fact]
    public async Task Write_WhileAnotherProcessHoldsTheFile_SaysSoAndSucceedsAfterwards()
    {
        var state = await WriteAsync(State(1));
        state.State = Value(2);
        using var other = new SqliteConnection($"Data Source={File};Pooling=False");
        other.Open();
        using (var transaction = other.BeginTransaction(deferred: false))
        {
            var error = await FailAsync(() => WriteAsync(state));
            Assert.Equal(StorageFault.Locked, error.Fault);
        }

        await WriteAsync(state);
        Assert.Equal((2, state.ETag), await ReadAsync());
    }

    [Fact]
    public async Task ReadAndWrite_WhileTheFileIsAway_FailAndMakeNoNewOne()
    {
        var state = await WriteAsync(State(1));
        await ReadAsync();
        state.State = Value(2);
        System.IO.File.Move(File, File + "-away");

        Assert.Equal(StorageFault.Away, (await FailAsync(() => WriteAsync(state))).Fault);
        Assert.Equal(StorageFault.Away, (await FailAsync(ReadAsync)).Fault);
        Assert.False(System.IO.File.Exists(File));

        // An empty file in its place is not taken for a state that knows nobody.
        System.IO.File.WriteAllBytes(File, []);
        await FailAsync(() => WriteAsync(state));
        await FailAsync(ReadAsync);
        Assert.Equal(0, new FileInfo(File).Length);

        System.IO.File.Move(File + "-away", File, overwrite: true);
        Assert.Equal(1, (await ReadAsync()).Value);
        await WriteAsync(state);
        Assert.Equal((2, state.ETag), await ReadAsync());
    }

    private static CounterState Value(int value, int size = 1) =>
        new() { Value = value, Notes = [new string('x', size)] };

    private static GrainState<CounterState> State(int value, int size = 1) => new(Value(value, size));

    private static Task<StorageUnavailableException> FailAsync(Func<Task> operation) =>
        Assert.ThrowsAsync<StorageUnavailableException>(operation);

    private async Task<GrainState<CounterState>> WriteAsync(GrainState<CounterState> state)
    {
        await _storage.WriteStateAsync("counter", GrainId.Create("test", "a"), state);
        return state;
    }

    private async Task<(int Value, string? ETag)> ReadAsync()
    {
        var state = new GrainState<CounterState>();
        await _storage.ReadStateAsync("counter", GrainId.Create("test", "a"), state);
        return (state.State!.Value, state.ETag);
    }
}
