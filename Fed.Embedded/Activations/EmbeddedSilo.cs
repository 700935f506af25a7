using Fed.Embedded.Calls;
using Fed.Embedded.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;

namespace Fed.Embedded.Activations;

/// <summary>
/// The whole runtime of one process: catalog, dispatcher, clocks. Starts and stops with the host; stopping
/// deactivates every grain.
/// </summary>
internal sealed class EmbeddedSilo : IHostedService, IDisposable
{
    private readonly Lazy<IIncomingGrainCallFilter[]> _incoming;
    private readonly Lazy<IOutgoingGrainCallFilter[]> _outgoing;
    private ITimer? _collector;

    public EmbeddedSilo(
        IServiceProvider services,
        TimeProvider time,
        IOptions<SiloMessagingOptions> messaging,
        IOptions<GrainCollectionOptions> collection,
        ILogger<EmbeddedSilo> logger)
        : this(
            services,
            time,
            messaging,
            collection,
            logger,
            new GrainClasses(GrainAssemblies.GrainTypes(), collection.Value),
            TurnRules.OnPool)
    {
    }

    /// <summary>With other grain classes than those found, or other turns.</summary>
    internal EmbeddedSilo(
        IServiceProvider services,
        TimeProvider time,
        IOptions<SiloMessagingOptions> messaging,
        IOptions<GrainCollectionOptions> collection,
        ILogger<EmbeddedSilo> logger,
        GrainClasses classes,
        TurnRules turns)
    {
        EmbeddedOptionsValidator.Validate(messaging.Value, collection.Value);
        Services = services;
        Time = time;
        Messaging = messaging.Value;
        Collection = collection.Value;
        Log = new SiloLog(logger);
        Classes = classes;
        Turns = turns;
        Catalog = new ActivationCatalog(this);
        Pending = new PendingCalls(time, messaging.Value);
        Dispatcher = new CallDispatcher(this, messaging.Value);
        References = new ReferenceCreator(this);
        GrainFactory = new EmbeddedGrainFactory(this);
        _incoming = new(() => [.. services.GetServices<IIncomingGrainCallFilter>()]);
        _outgoing = new(() => [.. services.GetServices<IOutgoingGrainCallFilter>()]);
    }

    public IServiceProvider Services { get; }

    public TimeProvider Time { get; }

    public SiloMessagingOptions Messaging { get; }

    public GrainCollectionOptions Collection { get; }

    public SiloLog Log { get; }

    public GrainClasses Classes { get; }

    public TurnRules Turns { get; }

    public ActivationCatalog Catalog { get; }

    public PendingCalls Pending { get; }

    public CallDispatcher Dispatcher { get; }

    public ReferenceCreator References { get; }

    public EmbeddedGrainFactory GrainFactory { get; }

    public IIncomingGrainCallFilter[] IncomingFilters => _incoming.Value;

    public IOutgoingGrainCallFilter[] OutgoingFilters => _outgoing.Value;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Pending.Start();
        _collector ??= Time.CreateTimer(
            _ => CollectIdle(), null, Collection.CollectionQuantum, Collection.CollectionQuantum);
        return Task.CompletedTask;
    }

    /// <summary>Lets running calls end, runs every <c>OnDeactivateAsync</c>, then refuses what still waits.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Catalog.Close();
        var activations = Catalog.Activations.ToArray();
        foreach (var activation in activations)
        {
            activation.Deactivate(new(DeactivationReasonCode.ShuttingDown, "The silo is stopping."), cancellationToken);
        }
        try
        {
            await Task.WhenAll(activations.Select(a => a.Deactivated)).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Log.StoppedEarly(Catalog.Count);
        }
        Pending.FailAll();
        Dispose();
    }

    public void Dispose()
    {
        _collector?.Dispose();
        Pending.Dispose();
    }

    private void CollectIdle()
    {
        foreach (var activation in Catalog.Activations)
        {
            activation.DeactivateIfIdle();
        }
    }
}
