using Fed.Contracts.Storage;
using Fed.Embedded.Activations;
using Fed.Grains.Collection;
using Fed.Grains.Folding;
using Fed.Simulation.Engine;
using Fed.Simulation.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;

namespace Fed.Simulation.Silo;

/// <summary>One life of the silo process: the real runtime and the real grains, whose turns are events.</summary>
internal sealed class SimulatedSilo
{
    private static readonly IOptions<SiloMessagingOptions> Messaging = Options.Create(new SiloMessagingOptions());
    private static readonly IOptions<GrainCollectionOptions> Collection = Options.Create(new GrainCollectionOptions());
    private static readonly GrainClasses Classes = new(
        GrainAssemblies.GrainTypes().Where(type =>
            type.Assembly == typeof(FoldOptions).Assembly && type != typeof(FoldWorkerGrain)
            || type == typeof(SimulatedFoldGrain)),
        Collection.Value);

    private readonly EmbeddedSilo _runtime;
    private readonly List<Action> _connections = [];

    public SimulatedSilo(
        EventQueue events, SimulatedDisk disk, FaultPlan faults, StorageDefect defect, ILoggerFactory loggers)
    {
        var time = new SimulatedTime(events, () => IsAlive);
        Blobs = new SimulatedBlobStore(events, disk, faults, () => IsAlive);
        Gateway = new TurnScheduler(events, "gateway", () => IsAlive, faults.Pause);
        var services = new SimulatedServices(
            time,
            new SimulatedGrainStorage(events, disk, faults, defect, () => IsAlive),
            Blobs,
            loggers,
            new CallFaults(events, faults));
        _runtime = new EmbeddedSilo(
            services,
            time,
            Messaging,
            Collection,
            new Logger<EmbeddedSilo>(loggers),
            Classes,
            new TurnRules(
                activation => new TurnScheduler(
                    events, activation.GrainId.ToString(), () => IsAlive, faults.Pause, activation),
                TaskCreationOptions.None));
        Collector = new BlobCollector(
            Grains, services.Manifests, Blobs, time, new Logger<BlobCollector>(loggers));
        _ = _runtime.StartAsync(CancellationToken.None);
    }

    public bool IsAlive { get; private set; } = true;

    public IGrainFactory Grains => _runtime.GrainFactory;

    public IBlobStore Blobs { get; }

    public BlobCollector Collector { get; }

    /// <summary>Runs what the HTTP gateway does.</summary>
    public TurnScheduler Gateway { get; }

    /// <summary>Uploads that are being decided, one a participant at a time, as the real gateway has it.</summary>
    public Dictionary<string, Task> Uploads { get; } = new(StringComparer.Ordinal);

    /// <summary>Active grains, in an order that does not depend on hash codes.</summary>
    public Activation[] Activations =>
        [.. _runtime.Catalog.Activations.OrderBy(a => a.GrainId.ToString(), StringComparer.Ordinal)];

    /// <param name="broken">Called when the process dies.</param>
    public void Connect(Action broken) => _connections.Add(broken);

    /// <summary>From now on nothing of it runs, and its connections break.</summary>
    public void Kill()
    {
        IsAlive = false;
        _connections.ForEach(broken => broken());
    }

    public static void Deactivate(Activation activation) =>
        activation.Deactivate(new(DeactivationReasonCode.ApplicationRequested, "The simulation wants it."));
}
