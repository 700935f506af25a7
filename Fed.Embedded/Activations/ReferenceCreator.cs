using Fed.Embedded.Calls;
using Orleans.Runtime;

namespace Fed.Embedded.Activations;

/// <summary>Makes references that call into one silo.</summary>
internal sealed class ReferenceCreator(EmbeddedSilo silo)
{
    public GrainReference Create(Type grainInterface, GrainId grainId) =>
        ReferenceFactory.For(grainInterface).Create(silo, grainId);
}
