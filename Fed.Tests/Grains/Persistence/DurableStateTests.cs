using Fed.Grains.Persistence;
using Orleans.Runtime;

namespace Fed.Tests.Grains.Persistence;

/// <summary>Changed on a copy, written, then published. Run on one scheduler, as a grain would.</summary>
public sealed class DurableStateTests
{
    private readonly ConcurrentExclusiveSchedulerPair _turns = new();
    private readonly Storage _storage = new();
    private readonly DurableState<string> _state;
    private int _ended;

    public DurableStateTests() => _state = new DurableState<string>(_storage, () => _ended++);

    [Fact]
    public Task Change_UntilItIsWritten_IsNotCommitted() => OnTurns(async () =>
    {
        var change = _state.ChangeAsync(state => state + "a");

        Assert.Equal(("a", ""), (_state.Latest, _state.Committed));
        _storage.Writes[0].SetResult();
        await change;
        Assert.Equal(("a", "a"), (_state.Committed, _storage.Written));
    });

    [Fact]
    public Task Changes_DuringAWrite_ShareTheNextOne() => OnTurns(async () =>
    {
        var first = _state.ChangeAsync(state => state + "a");
        var second = _state.ChangeAsync(state => state + "b");
        var third = _state.ChangeAsync(state => state + "c");

        _storage.Writes[0].SetResult();
        await first;
        Assert.Equal(("a", false), (_state.Committed, second.IsCompleted));
        await UntilAsync(() => _storage.Writes.Count == 2);
        _storage.Writes[1].SetResult();
        await second;
        await third;
        Assert.Equal(("abc", 2), (_state.Committed, _storage.Writes.Count));
    });

    [Fact]
    public Task Settle_WritesWhatWasOnlyChanged_AndNothingTwice() => OnTurns(async () =>
    {
        await _state.SettleAsync();
        _state.Change(state => state + "a");
        var settled = _state.SettleAsync();
        var same = _state.SettleAsync();
        _storage.Writes[0].SetResult();
        await settled;
        await same;
        await _state.SettleAsync();

        Assert.Equal(("a", 1), (_storage.Written, _storage.Writes.Count));
    });

    [Fact]
    public Task Note_IsWrittenWithTheNextChange_AndForNobodyAlone() => OnTurns(async () =>
    {
        _state.Note(state => state + "a");
        await _state.SettleAsync();
        Assert.Equal(("a", "", 0), (_state.Latest, _state.Committed, _storage.Writes.Count));

        var change = _state.ChangeAsync(state => state + "b");
        _storage.Writes[0].SetResult();
        await change;
        Assert.Equal(("ab", "ab"), (_state.Committed, _storage.Written));
    });

    [Fact]
    public Task Write_ThatFails_EndsTheActivationAndFailsWhateverComesAfterIt() => OnTurns(async () =>
    {
        var first = _state.ChangeAsync(state => state + "a");
        var second = _state.ChangeAsync(state => state + "b");

        _storage.Writes[0].SetException(new IOException("disk full"));

        await Assert.ThrowsAsync<IOException>(() => first);
        await Assert.ThrowsAsync<IOException>(() => second);
        await Assert.ThrowsAsync<IOException>(() => _state.ChangeAsync(state => state + "c"));
        await Assert.ThrowsAsync<IOException>(_state.SettleAsync);
        Assert.Equal(("", 1, 1), (_state.Committed, _storage.Writes.Count, _ended));
    });

    private Task OnTurns(Func<Task> test) => Task.Factory.StartNew(
        test, CancellationToken.None, TaskCreationOptions.None, _turns.ExclusiveScheduler).Unwrap();

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Yield();
    }

    private sealed class Storage : IPersistentState<string>
    {
        public List<TaskCompletionSource> Writes { get; } = [];

        public string Written { get; private set; } = "";

        public string State { get; set; } = "";

        public string Etag => "";

        public bool RecordExists => true;

        public async Task WriteStateAsync()
        {
            var state = State;
            Writes.Add(new TaskCompletionSource());
            await Writes[^1].Task;
            Written = state;
        }

        public Task ReadStateAsync() => throw new NotSupportedException();

        public Task ClearStateAsync() => throw new NotSupportedException();
    }
}
