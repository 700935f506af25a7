using System.Runtime.ExceptionServices;
using Fed.Core.FailPoints;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Fed.Grains.Persistence;

/// <summary>
/// The state of one reentrant grain: an immutable record that is changed by pure functions, written, and only then
/// published. Changes that come while a write is under way share the next one. A write that fails ends the activation,
/// whose next one reads what is stored: nothing is left in memory that the store lacks. Nor does the store get ahead
/// for long: see <see cref="Doubt"/>. For use from the turns of one grain only.
/// </summary>
/// <param name="storage">Where it is kept.</param>
/// <param name="time">Says when the store was seen last.</param>
/// <param name="end">Ends the activation, once.</param>
public sealed class DurableState<T>(IPersistentState<T> storage, TimeProvider time, Action end)
    where T : class
{
    /// <summary>How old what was last seen of the store may become while it is used.</summary>
    public static readonly TimeSpan DoubtAfter = TimeSpan.FromSeconds(10);

    private long _seen = time.GetTimestamp();
    private T? _latest;
    private T? _committed;
    private bool _isOwed;
    private Task _current = Task.CompletedTask;
    private Task? _next;
    private Exception? _failure;

    /// <summary>With all changes, also those that are not written yet: for decisions, not for others to see.</summary>
    public T Latest => _latest ??= storage.State;

    /// <summary>As it was last written: what anybody may see.</summary>
    public T Committed => _committed ??= Latest;

    /// <summary>Whether a write has failed: this activation is at its end.</summary>
    public bool HasFailed => _failure is not null;

    /// <summary>Changes the state; whoever depends on it waits for <see cref="SettleAsync"/>.</summary>
    /// <exception cref="Exception">An earlier write failed: that exception again.</exception>
    public void Change(Func<T, T> change)
    {
        Note(change);
        _isOwed = true;
    }

    /// <summary>
    /// Changes the state in what nobody depends on, and is found again after a crash: written with the next change.
    /// </summary>
    /// <exception cref="Exception">An earlier write failed: that exception again.</exception>
    public void Note(Func<T, T> change)
    {
        ThrowIfFailed();
        _committed ??= Latest;
        _latest = change(Latest);
    }

    /// <summary>Changes the state; completes when the change is durable, fails if its write failed.</summary>
    public Task ChangeAsync(Func<T, T> change)
    {
        Change(change);
        return CommitAsync();
    }

    /// <summary>Completes when everything that was changed before this call is durable: at once if it is.</summary>
    public Task SettleAsync()
    {
        ThrowIfFailed();
        return _isOwed ? CommitAsync() : _next ?? _current;
    }

    /// <summary>
    /// For each use of the state: once what was seen of the store is <see cref="DoubtAfter"/> old, this compares,
    /// beside the caller. A silo that others declared dead goes on writing until it hears of that, and this activation
    /// may have read the state before. A write finds that out; who only reads and decides by it never would.
    /// </summary>
    public void Doubt()
    {
        if (IsIdle && !HasFailed && time.GetElapsedTime(_seen) >= DoubtAfter)
            _current = CompareAsync();
    }

    /// <summary>
    /// Completes when the store, asked after this call, was seen to have what was written last. For decisions that
    /// nothing is written for, and that cannot be taken back.
    /// </summary>
    /// <exception cref="InconsistentStateException">It has something newer, and this activation ends.</exception>
    /// <exception cref="Exception">It could not be asked, or a write failed.</exception>
    public async Task ConfirmAsync()
    {
        ThrowIfFailed();
        if (!IsIdle)
        {
            // A write finds it out as well.
            await CommitAsync();
            return;
        }

        var comparison = CompareAsync();
        _current = comparison;
        if (await comparison is { } error)
            ExceptionDispatchInfo.Throw(error);
    }

    private bool IsIdle => !_isOwed && _next is null && _current.IsCompleted;

    /// <returns>Null: the store has what was written last. Else what it has instead, or why it could not be
    /// asked: no failure of this activation.</returns>
    private async Task<Exception?> CompareAsync()
    {
        _seen = time.GetTimestamp();
        var (known, tag) = (Committed, storage.Etag);
        try
        {
            await storage.ReadStateAsync();
        }
#pragma warning disable CA1031 // Whatever it is, it is told to who asked; calls of the store are counted by themselves.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return error;
        }

        if (storage.Etag == tag)
        {
            storage.State = known;
            return null;
        }

        _failure = new InconsistentStateException("another activation has written since", storage.Etag, tag);
        end();
        return _failure;
    }

    private Task CommitAsync()
    {
        if (_next is not null)
            return _next;
        if (_current.IsCompleted)
            return _current = WriteAsync();
        return _next = WriteAfterAsync(_current);
    }

    private async Task WriteAfterAsync(Task current)
    {
        // First let CommitAsync return, so that _next is this task.
        await Task.Yield();
        // Those who wait for the current write hear of its failure themselves, and so do we below.
        await current.ConfigureAwait(
            ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        _current = _next!;
        _next = null;
        await WriteAsync();
    }

    private async Task WriteAsync()
    {
        ThrowIfFailed();
        _isOwed = false;
        var written = storage.State = Latest;
        try
        {
            FailPoint.Hit(FailPointNames.GroupBeforeWrite);
            await storage.WriteStateAsync();
            FailPoint.Hit(FailPointNames.GroupAfterWrite);
        }
        catch (Exception error)
        {
            // Whether it took effect is not known: who comes next looks. An activation that moves takes along what it
            // has, and so no more than what was written.
            _failure = error;
            storage.State = _committed!;
            end();
            throw;
        }

        _committed = written;
        _seen = time.GetTimestamp();
    }

    private void ThrowIfFailed()
    {
        if (_failure is not null)
            ExceptionDispatchInfo.Throw(_failure);
    }
}

/// <summary>A grain with one <see cref="DurableState{T}"/>: a write that fails ends its activation.</summary>
public abstract class DurableGrain<T> : Grain
    where T : class
{
    private readonly DurableState<T> _durable;

    protected DurableGrain(IPersistentState<T> storage, TimeProvider time)
    {
        _durable = new DurableState<T>(storage, time, this.DeactivateOnIdle);
        Time = time;
    }

    protected TimeProvider Time { get; }

    protected DurableState<T> Durable
    {
        get
        {
            _durable.Doubt();
            return _durable;
        }
    }
}

/// <summary>Where grain state is kept; the host decides what stands behind the name.</summary>
public static class StateStore
{
    /// <summary>Name of the grain storage provider.</summary>
    public const string Name = "fed";
}
