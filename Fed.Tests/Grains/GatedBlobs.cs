using Fed.Contracts.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting;

namespace Fed.Tests.Grains;

/// <summary>A blob store that lets nobody open one blob until the test says so.</summary>
internal sealed class GatedBlobs(IBlobStore inner) : IBlobStore
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _opened;

    public string? Closed { get; set; }

    /// <summary>Completes when somebody waits for the closed blob.</summary>
    public Task Waiting => _waiting.Task;

    /// <summary>How often the closed blob was asked for.</summary>
    public int Asked => _opened;

    /// <summary>In place of the store that the silo has so far.</summary>
    public static GatedBlobs Around(ISiloBuilder silo)
    {
        var inner = silo.Services.Last(service => service.ServiceType == typeof(IBlobStore)).ImplementationInstance;
        var gated = new GatedBlobs((IBlobStore)inner!);
        silo.Services.Replace(ServiceDescriptor.Singleton<IBlobStore>(gated));
        return gated;
    }

    public void Open() => _gate.SetResult();

    public ValueTask<IBlobWriter> CreateAsync(CancellationToken cancellationToken) => inner.CreateAsync(cancellationToken);

    public async ValueTask<IBlobReader?> OpenAsync(string sha256, CancellationToken cancellationToken)
    {
        if (sha256 == Closed)
        {
            Interlocked.Increment(ref _opened);
            _waiting.TrySetResult();
            await _gate.Task.WaitAsync(cancellationToken);
        }

        return await inner.OpenAsync(sha256, cancellationToken);
    }

    public ValueTask<bool> RemoveAsync(
        string sha256, DateTimeOffset? committedBefore, CancellationToken cancellationToken) =>
        inner.RemoveAsync(sha256, committedBefore, cancellationToken);

    public IAsyncEnumerable<BlobInfo> ListAsync(CancellationToken cancellationToken) => inner.ListAsync(cancellationToken);
}
