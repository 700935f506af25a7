using System.Collections.Concurrent;
using Fed.Embedded.Activations;
using Orleans.Runtime;

namespace Fed.Embedded.Calls;

/// <summary>Makes references of one grain interface.</summary>
internal sealed class ReferenceFactory
{
    private static readonly ConcurrentDictionary<Type, ReferenceFactory> s_all = new();
    private readonly Func<EmbeddedSilo, ReferenceFactory, GrainId, GrainReference> _create;

    private ReferenceFactory(Type grainInterface)
    {
        if (!grainInterface.IsInterface || !typeof(IAddressable).IsAssignableFrom(grainInterface))
        {
            throw new ArgumentException(
                $"{grainInterface} is not a grain interface; derive an interface from IGrainWithStringKey.");
        }
        Interface = grainInterface;
        InterfaceType = GrainInterfaceType.Create(grainInterface.FullName ?? grainInterface.Name);
        Methods = [.. grainInterface.GetInterfaces().Append(grainInterface)
            .SelectMany(i => i.GetMethods())
            .Where(m => !m.IsStatic)
            .Select(m => new MethodEntry(m))];
        _create = ReferenceEmitter.Emit(grainInterface, Methods);
    }

    public Type Interface { get; }

    public GrainInterfaceType InterfaceType { get; }

    public MethodEntry[] Methods { get; }

    public static ReferenceFactory For(Type grainInterface) =>
        s_all.GetOrAdd(grainInterface, static type => new ReferenceFactory(type));

    public GrainReference Create(EmbeddedSilo silo, GrainId grainId) => _create(silo, this, grainId);

    /// <summary>The factory of one interface, found without a dictionary.</summary>
    internal static class Of<TGrainInterface>
    {
        public static readonly ReferenceFactory Instance = For(typeof(TGrainInterface));
    }
}
