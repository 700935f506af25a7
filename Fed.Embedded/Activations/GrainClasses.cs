using System.Collections.Concurrent;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Fed.Embedded.Activations;

/// <summary>The grain classes of this process, by grain type and by interface.</summary>
internal sealed class GrainClasses
{
    private readonly Dictionary<GrainType, GrainClass> _byType = [];
    private readonly ConcurrentDictionary<Type, GrainType> _byInterface = new();

    /// <exception cref="OrleansConfigurationException">Two classes have the same grain type.</exception>
    public GrainClasses(IEnumerable<Type> types, GrainCollectionOptions collection)
    {
        foreach (var grainClass in types.Distinct().Select(type => new GrainClass(type, collection)))
        {
            if (!_byType.TryAdd(grainClass.GrainType, grainClass))
            {
                throw new OrleansConfigurationException(
                    $"{grainClass.Type} and {_byType[grainClass.GrainType].Type} are both grain type "
                    + $"'{grainClass.GrainType}'; name one otherwise with [GrainType].");
            }
        }
    }

    public GrainClass Get(GrainType type) => _byType.TryGetValue(type, out var grainClass)
        ? grainClass
        : throw new ArgumentException($"There is no grain class of type '{type}' in this process.");

    /// <summary>The grain type that an interface stands for.</summary>
    /// <exception cref="ArgumentException">No class implements it, or several and none is named after it.</exception>
    public GrainType Resolve(Type grainInterface, string? classNamePrefix)
    {
        if (classNamePrefix is null)
        {
            return _byInterface.GetOrAdd(grainInterface, static (type, self) => self.Find(type, null), this);
        }
        return Find(grainInterface, classNamePrefix);
    }

    private GrainType Find(Type grainInterface, string? prefix)
    {
        var found = _byType.Values.Where(c => c.Interfaces.Contains(grainInterface)).ToArray();
        if (prefix is not null)
        {
            found = [.. found.Where(c => c.Type.FullName!.StartsWith(prefix, StringComparison.Ordinal))];
        }
        if (found.Length > 1 && Array.Find(found, c => "I" + c.Type.Name == grainInterface.Name) is { } named)
        {
            return named.GrainType;
        }
        return found.Length switch
        {
            1 => found[0].GrainType,
            0 => throw new ArgumentException(
                $"Could not find an implementation for interface {grainInterface}. "
                + "Reference the assembly that holds the grain class from the host."),
            _ => throw new ArgumentException(
                $"{grainInterface} is implemented by {string.Join(", ", found.Select(c => c.Type))}; "
                + "give a grainClassNamePrefix or name one class after the interface."),
        };
    }
}
