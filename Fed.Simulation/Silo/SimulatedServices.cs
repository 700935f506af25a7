using Fed.Contracts.Keys;
using Fed.Contracts.Storage;
using Fed.Grains.Federations;
using Fed.Grains.Persistence;
using Fed.Grains.Versions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Storage;

namespace Fed.Simulation.Silo;

/// <summary>What grains and runtime ask for, without a container: silos are started by the ten thousand.</summary>
internal sealed class SimulatedServices(
    TimeProvider time, IGrainStorage storage, IBlobStore blobs, ILoggerFactory loggers, IOutgoingGrainCallFilter filter)
    : IKeyedServiceProvider, IServiceScopeFactory, IServiceScope
{
    private readonly SimulatedKeys _keys = new();
    private readonly RosterIndex _roster = new();

    public ManifestStore Manifests => new(blobs, _keys);

    public IServiceProvider ServiceProvider => this;

    public object? GetService(Type serviceType)
    {
        if (serviceType == typeof(IServiceScopeFactory))
            return this;
        if (serviceType == typeof(TimeProvider))
            return time;
        if (serviceType == typeof(IBlobStore))
            return blobs;
        if (serviceType == typeof(IFederationKeys))
            return _keys;
        if (serviceType == typeof(ManifestStore))
            return Manifests;
        if (serviceType == typeof(RosterIndex))
            return _roster;
        if (serviceType == typeof(IEnumerable<IOutgoingGrainCallFilter>))
            return new[] { filter };
        if (serviceType == typeof(IEnumerable<IIncomingGrainCallFilter>))
            return Array.Empty<IIncomingGrainCallFilter>();
        return serviceType.IsGenericType && serviceType.GetGenericTypeDefinition() == typeof(ILogger<>)
            ? Activator.CreateInstance(typeof(Logger<>).MakeGenericType(serviceType.GenericTypeArguments), loggers)
            : null;
    }

    public object? GetKeyedService(Type serviceType, object? serviceKey) =>
        serviceType == typeof(IGrainStorage) && serviceKey is StateStore.Name ? storage : null;

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) =>
        GetKeyedService(serviceType, serviceKey)
        ?? throw new InvalidOperationException($"the simulation has no {serviceType} under '{serviceKey}'");

    public IServiceScope CreateScope() => this;

    public void Dispose()
    {
    }
}
