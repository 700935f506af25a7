using System.Reflection;
using Fed.Embedded.Activations;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Storage;

namespace Fed.Embedded.State;

/// <summary>Makes the argument for a constructor parameter with [PersistentState].</summary>
internal static class StateFacet
{
    private static readonly MethodInfo s_create =
        typeof(StateFacet).GetMethod(nameof(Create), BindingFlags.Static | BindingFlags.NonPublic)!;

    /// <exception cref="OrleansConfigurationException">The parameter is not an <c>IPersistentState</c>.</exception>
    public static Func<Activation, object> For(Type grainClass, Type parameter, PersistentStateAttribute attribute)
    {
        if (!parameter.IsGenericType || parameter.GetGenericTypeDefinition() != typeof(IPersistentState<>))
        {
            throw new OrleansConfigurationException(
                $"{grainClass} has [PersistentState] on a parameter of type {parameter}; "
                + "make it an IPersistentState<T>.");
        }
        var create = s_create.MakeGenericMethod(parameter.GetGenericArguments())
            .CreateDelegate<Func<Activation, PersistentStateAttribute, object>>();
        return activation => create(activation, attribute);
    }

    private static PersistentState<T> Create<T>(Activation activation, PersistentStateAttribute attribute)
    {
        var name = attribute.StorageName ?? ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME;
        var storage = activation.ActivationServices.GetKeyedService<IGrainStorage>(name)
            ?? throw new OrleansConfigurationException(
                $"{activation.Class.Type} keeps state '{attribute.StateName}' in storage '{name}', which is not "
                + $"registered. Call AddMemoryGrainStorage(\"{name}\"), or AddGrainStorage with that name.");
        var state = new PersistentState<T>(activation, attribute.StateName, storage);
        activation.AddState(state);
        return state;
    }
}
