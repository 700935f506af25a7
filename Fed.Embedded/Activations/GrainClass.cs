using System.Reflection;
using Fed.Embedded.State;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Fed.Embedded.Activations;

/// <summary>What is known of one grain class: its name, how its calls interleave and how an instance is made.</summary>
internal sealed class GrainClass
{
    private readonly ObjectFactory _factory;
    private readonly Func<Activation, object>[] _facets;

    public GrainClass(Type type, GrainCollectionOptions collection)
    {
        Type = type;
        GrainType = type.GetCustomAttribute<GrainTypeAttribute>()?.GetGrainType(null!, type)
            ?? GrainType.Create(NameOf(type));
        Interfaces = [.. type.GetInterfaces().Where(IsGrainInterface)];
        MainInterface = Interfaces.FirstOrDefault(i => "I" + type.Name == i.Name) ?? Interfaces[0];
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), true);
        MaxWorkers = type.GetCustomAttribute<StatelessWorkerAttribute>()?.MaxLocalWorkers ?? 0;
        FiltersCalls = typeof(IIncomingGrainCallFilter).IsAssignableFrom(type);
        CollectionAge = AgeOf(type, collection);
        MayInterleave = Predicate(type);
        var parameters = Constructor(type).GetParameters()
            .Select(p => (p.ParameterType, State: p.GetCustomAttribute<PersistentStateAttribute>()))
            .Where(p => p.State is not null || p.ParameterType == typeof(IGrainContext))
            .ToArray();
        _facets = [.. parameters.Select(p => p.State is null
            ? static activation => activation
            : StateFacet.For(type, p.ParameterType, p.State))];
        _factory = ActivatorUtilities.CreateFactory(type, [.. parameters.Select(p => p.ParameterType)]);
    }

    public Type Type { get; }

    public GrainType GrainType { get; }

    public Type[] Interfaces { get; }

    /// <summary>The interface named after the class, else its first.</summary>
    public Type MainInterface { get; }

    public bool IsReentrant { get; }

    public bool FiltersCalls { get; }

    /// <summary>Most activations of one key; 0 for a grain that has exactly one.</summary>
    public int MaxWorkers { get; }

    public TimeSpan CollectionAge { get; }

    public Func<object, IInvokable, bool>? MayInterleave { get; }

    public static bool IsGrainClass(Type type) =>
        type is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false }
        && typeof(IGrain).IsAssignableFrom(type) && !typeof(GrainReference).IsAssignableFrom(type);

    public object CreateInstance(Activation activation) => _factory(
        activation.ActivationServices, Array.ConvertAll(_facets, facet => (object?)facet(activation)));

    private static bool IsGrainInterface(Type type) => typeof(IGrain).IsAssignableFrom(type)
        && type != typeof(IGrain) && type.Assembly != typeof(IGrain).Assembly;

    private static string NameOf(Type type)
    {
        var name = type.Name.ToLowerInvariant();
        return name.EndsWith("grain", StringComparison.Ordinal) && name.Length > 5 ? name[..^5] : name;
    }

    private static ConstructorInfo Constructor(Type type)
    {
        var constructors = type.GetConstructors();
        return constructors.Length == 1
            ? constructors[0]
            : constructors.SingleOrDefault(c => c.IsDefined(typeof(ActivatorUtilitiesConstructorAttribute)))
                ?? throw new OrleansConfigurationException(
                    $"{type} has {constructors.Length} public constructors; leave one, "
                    + $"or mark one with [{nameof(ActivatorUtilitiesConstructorAttribute)}].");
    }

    private static TimeSpan AgeOf(Type type, GrainCollectionOptions options)
    {
        if (type.IsDefined(typeof(KeepAliveAttribute), true))
        {
            return Timeout.InfiniteTimeSpan;
        }
        if (type.FullName is { } name && options.ClassSpecificCollectionAge.TryGetValue(name, out var age))
        {
            return age;
        }
        var limit = type.GetCustomAttribute<CollectionAgeLimitAttribute>();
        return limit is null ? options.CollectionAge
            : limit.AlwaysActive ? Timeout.InfiniteTimeSpan : limit.AgeLimit;
    }

    private static Func<object, IInvokable, bool>? Predicate(Type type)
    {
        if (type.GetCustomAttribute<MayInterleaveAttribute>() is not { } attribute)
        {
            return null;
        }
        var method = type.GetMethod(
            attribute.CallbackMethodName,
            BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic,
            [typeof(IInvokable)]);
        if (method is null || method.ReturnType != typeof(bool))
        {
            throw new OrleansConfigurationException(
                $"{type} names {attribute.CallbackMethodName} in [MayInterleave]; "
                + "declare it as static bool with one parameter of type IInvokable.");
        }
        if (method.IsStatic)
        {
            var direct = method.CreateDelegate<Func<IInvokable, bool>>();
            return (_, call) => direct(call);
        }
        return (grain, call) => (bool)method.Invoke(grain, [call])!;
    }
}
