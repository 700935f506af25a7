using Fed.Embedded.Activations;
using Fed.Embedded.Calls;

namespace Orleans.Runtime;

/// <summary>Base of the generated classes that stand for a grain and turn method calls into requests.</summary>
public abstract class GrainReference : IAddressable, IEquatable<GrainReference>
{
    private readonly EmbeddedSilo _silo;
    private readonly ReferenceFactory _factory;
    private ICallTarget? _lastTarget;

    internal GrainReference(EmbeddedSilo silo, ReferenceFactory factory, GrainId grainId)
    {
        _silo = silo;
        _factory = factory;
        GrainId = grainId;
    }

    public GrainId GrainId { get; }

    public GrainInterfaceType InterfaceType => _factory.InterfaceType;

    /// <summary>Where the last call went: saves looking the grain up again while it stays active.</summary>
    internal ICallTarget? LastTarget
    {
        get => Volatile.Read(ref _lastTarget);
        set => Volatile.Write(ref _lastTarget, value);
    }

    internal GrainReference As(Type interfaceType) =>
        interfaceType == _factory.Interface ? this : _silo.References.Create(interfaceType, GrainId);

    internal Task SendTask(int method, object?[] arguments)
    {
        var call = new VoidCall(_factory.Methods[method], arguments, GrainId, _silo.Turns.Answers);
        _silo.Dispatcher.Send(call, this);
        return call.Task;
    }

    internal Task<T> SendTaskOf<T>(int method, object?[] arguments)
    {
        var call = new ValueCall<T>(_factory.Methods[method], arguments, GrainId, _silo.Turns.Answers);
        _silo.Dispatcher.Send(call, this);
        return call.Task;
    }

    internal ValueTask SendValueTask(int method, object?[] arguments) => new(SendTask(method, arguments));

    internal ValueTask<T> SendValueTaskOf<T>(int method, object?[] arguments) =>
        new(SendTaskOf<T>(method, arguments));

    public bool Equals(GrainReference? other) => other is not null && GrainId.Equals(other.GrainId);

    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    public override int GetHashCode() => GrainId.GetHashCode();

    public override string ToString() => $"GrainReference:{GrainId}:{_factory.Interface.Name}";
}
