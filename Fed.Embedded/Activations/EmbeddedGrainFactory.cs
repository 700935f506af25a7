using Fed.Embedded.Calls;
using Orleans;
using Orleans.Runtime;

namespace Fed.Embedded.Activations;

/// <summary>Makes references, for grains and for the rest of the process alike.</summary>
internal sealed class EmbeddedGrainFactory(EmbeddedSilo silo) : IClusterClient
{
    public IServiceProvider ServiceProvider => silo.Services;

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey =>
        Create<TGrainInterface>(GrainIdKeyExtensions.CreateGuidKey(primaryKey), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey =>
        Create<TGrainInterface>(GrainIdKeyExtensions.CreateIntegerKey(primaryKey), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        return Create<TGrainInterface>(IdSpan.Create(primaryKey), grainClassNamePrefix);
    }

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) =>
        Create(grainInterfaceType, GrainIdKeyExtensions.CreateGuidKey(grainPrimaryKey));

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey) =>
        Create(grainInterfaceType, GrainIdKeyExtensions.CreateIntegerKey(grainPrimaryKey));

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(grainPrimaryKey);
        return Create(grainInterfaceType, IdSpan.Create(grainPrimaryKey));
    }

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable =>
        (TGrainInterface)(object)silo.References.Create(typeof(TGrainInterface), grainId);

    private TGrainInterface Create<TGrainInterface>(IdSpan key, string? prefix)
    {
        var type = silo.Classes.Resolve(typeof(TGrainInterface), prefix);
        var factory = ReferenceFactory.Of<TGrainInterface>.Instance;
        return (TGrainInterface)(object)factory.Create(silo, new GrainId(type, key));
    }

    private IGrain Create(Type grainInterface, IdSpan key) => (IGrain)silo.References.Create(
        grainInterface, new GrainId(silo.Classes.Resolve(grainInterface, null), key));
}
