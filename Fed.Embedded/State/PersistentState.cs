using System.Runtime.ExceptionServices;
using Fed.Embedded.Activations;
using Fed.Embedded.Serialization;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Fed.Embedded.State;

/// <summary>
/// One state of one activation. Its reads, writes and clears run one after the other; a write that is asked for
/// while another has not started yet joins that one, as both would store the same.
/// </summary>
internal sealed class PersistentState<T>(Activation activation, string name, IGrainStorage storage)
    : IPersistentState<T>, IStateLoader
{
    private readonly GrainState<T> _state = new(StateActivator.Create<T>());
    private StateOperation? _last;
    private bool _loaded;

    public T State
    {
        get
        {
            CheckContext();
            return _state.State!;
        }
        set
        {
            CheckContext();
            _state.State = value;
        }
    }

    public string? Etag => _state.ETag;

    public bool RecordExists => _loaded
        ? _state.RecordExists
        : throw new InvalidOperationException("State has not yet been loaded");

    public Task LoadAsync(CancellationToken cancellationToken) => ReadStateAsync(cancellationToken);

    public Task ReadStateAsync() => ReadStateAsync(CancellationToken.None);

    public Task WriteStateAsync() => WriteStateAsync(CancellationToken.None);

    public Task ClearStateAsync() => ClearStateAsync(CancellationToken.None);

    public Task ReadStateAsync(CancellationToken cancellationToken) =>
        Enqueue(nameof(ReadStateAsync), joins: false, cancellationToken);

    public Task WriteStateAsync(CancellationToken cancellationToken) =>
        Enqueue(nameof(WriteStateAsync), joins: true, cancellationToken);

    public Task ClearStateAsync(CancellationToken cancellationToken) =>
        Enqueue(nameof(ClearStateAsync), joins: true, cancellationToken);

    private Task Enqueue(string operation, bool joins, CancellationToken token)
    {
        CheckContext();
        if (joins && !token.CanBeCanceled && _last is { Started: false } last && last.Name == operation
            && !last.Token.CanBeCanceled)
        {
            return last.Task;
        }
        var next = new StateOperation(operation, token);
        var previous = _last?.Task;
        _last = next;
        return next.Task = RunAsync(next, previous);
    }

    private async Task RunAsync(StateOperation operation, Task? previous)
    {
        // Start only after the caller's turn, so that what else it changes before it waits is in the same write.
        await Task.CompletedTask.ConfigureAwait(
            ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (previous is not null)
        {
            await previous.ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
        operation.Started = true;
        try
        {
            operation.Token.ThrowIfCancellationRequested();
            await (operation.Name switch
            {
                nameof(ReadStateAsync) => storage.ReadStateAsync(name, activation.GrainId, _state, operation.Token),
                nameof(WriteStateAsync) => storage.WriteStateAsync(name, activation.GrainId, _state, operation.Token),
                _ => storage.ClearStateAsync(name, activation.GrainId, _state, operation.Token),
            });
            _loaded |= operation.Name == nameof(ReadStateAsync);
        }
        catch (OperationCanceledException) when (operation.Token.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception error)
        {
            activation.Silo.Log.StorageFailed(operation.Name, name, activation.GrainId, error);
            if (error is OrleansException)
            {
                ExceptionDispatchInfo.Throw(error);
            }
            throw new OrleansException(
                $"Error from storage provider {storage.GetType().Name}.{name} during {operation.Name} "
                + $"for grain {activation.GrainId}: {error.Message}", error);
        }
        finally
        {
            if (_last == operation)
            {
                _last = null;
            }
        }
    }

    private void CheckContext()
    {
        if (RuntimeContext.Current is null)
        {
            throw new InvalidOperationException(
                $"State '{name}' of {activation.GrainId} was used outside a grain's turn, for example within "
                + "Task.Run. Use it from the grain's own methods.");
        }
    }
}
