using Fed.Grains.Persistence;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;
using Orleans.Storage;

namespace Fed.Tests.Grains.Persistence;

/// <summary>Changed on a copy, written, then published. Run on one scheduler, as a grain would.</summary>
public sealed class DurableStateTests
{
    private readonly ConcurrentExclusiveSchedulerPair _turns = new();
    private readonly Storage _storage = new();
    private readonly FakeTimeProvider _time = new();
    private readonly DurableState<string> _state;
    private int _ended;

    public DurableStateTests() => _state = new DurableState<string>(_storage, _time, () => _ended++);

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

    [Fact]
    public Task Doubt_WhenAnotherHasWritten_EndsTheActivationAndFailsWhateverComesAfterIt() => OnTurns(async () =>
    {
        _storage.WriteAsAnother("b");
        _time.Advance(DurableState<string>.DoubtAfter - TimeSpan.FromTicks(1));
        _state.Doubt();
        Assert.Equal((0, 0), (_storage.Reads, _ended));

        _time.Advance(TimeSpan.FromTicks(1));
        _state.Doubt();

        Assert.Equal((1, 1, true), (_storage.Reads, _ended, _state.HasFailed));
        await Assert.ThrowsAsync<InconsistentStateException>(() => _state.ChangeAsync(state => state + "c"));
        _state.Doubt();
        Assert.Equal(("b", 0, 1), (_storage.Written, _storage.Writes.Count, _storage.Reads));
    });

    [Fact]
    public Task Doubt_WhenNobodyElseHasWritten_ChangesNothingAndLooksOnceInAWhile() => OnTurns(async () =>
    {
        var change = _state.ChangeAsync(state => state + "a");
        _storage.Writes[0].SetResult();
        await change;
        _state.Note(state => state + "n");

        for (var i = 0; i < 3; i++)
        {
            _time.Advance(DurableState<string>.DoubtAfter);
            _state.Doubt();
            _state.Doubt();
        }

        Assert.Equal((3, 0, "a", "an"), (_storage.Reads, _ended, _state.Committed, _state.Latest));
        change = _state.ChangeAsync(state => state + "b");
        _storage.Writes[1].SetResult();
        await change;
        Assert.Equal("anb", _storage.Written);
    });

    [Fact]
    public Task Doubt_WhereAWriteHasSeenTheStoreMeanwhile_LooksNot() => OnTurns(async () =>
    {
        _time.Advance(DurableState<string>.DoubtAfter);
        var change = _state.ChangeAsync(state => state + "a");
        _state.Doubt();
        _storage.Writes[0].SetResult();
        await change;
        _state.Doubt();

        Assert.Equal(0, _storage.Reads);
    });

    [Fact]
    public Task Doubt_OfAStoreThatIsAway_IsNoFailure() => OnTurns(async () =>
    {
        _storage.Away = new IOException("away");
        _time.Advance(DurableState<string>.DoubtAfter);
        _state.Doubt();
        await _state.SettleAsync();

        Assert.Equal((0, false), (_ended, _state.HasFailed));
        Assert.Same(_storage.Away, await Assert.ThrowsAsync<IOException>(_state.ConfirmAsync));
        _storage.Away = null;
        await _state.ConfirmAsync();
        Assert.Equal(3, _storage.Reads);
    });

    [Fact]
    public Task Confirm_WhenAnotherHasWritten_Fails() => OnTurns(async () =>
    {
        _storage.WriteAsAnother("b");

        await Assert.ThrowsAsync<InconsistentStateException>(_state.ConfirmAsync);

        Assert.Equal(1, _ended);
    });

    [Fact]
    public Task Confirm_DuringAWrite_IsByTheNextOne() => OnTurns(async () =>
    {
        var change = _state.ChangeAsync(state => state + "a");
        var confirmation = _state.ConfirmAsync();
        _storage.Writes[0].SetResult();
        await change;
        Assert.False(confirmation.IsCompleted);
        await UntilAsync(() => _storage.Writes.Count == 2);
        _storage.Writes[1].SetResult();
        await confirmation;

        Assert.Equal(("a", 0), (_storage.Written, _storage.Reads));
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
        private string _stored = "0";

        public List<TaskCompletionSource> Writes { get; } = [];

        public string Written { get; private set; } = "";

        public int Reads { get; private set; }

        /// <summary>What reading fails with.</summary>
        public Exception? Away { get; set; }

        public string State { get; set; } = "";

        public string Etag { get; private set; } = "0";

        public bool RecordExists => true;

        public async Task WriteStateAsync()
        {
            var state = State;
            Writes.Add(new TaskCompletionSource());
            await Writes[^1].Task;
            Written = state;
            Etag = _stored = $"{Writes.Count}";
        }

        public Task ReadStateAsync()
        {
            Reads++;
            if (Away is not null)
                return Task.FromException(Away);
            (State, Etag) = (Written, _stored);
            return Task.CompletedTask;
        }

        public void WriteAsAnother(string state) => (Written, _stored) = (state, "another's");

        public Task ClearStateAsync() => throw new NotSupportedException();
    }
}
