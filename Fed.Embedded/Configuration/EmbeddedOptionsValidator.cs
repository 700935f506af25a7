using Orleans.Configuration;
using Orleans.Runtime;

namespace Fed.Embedded.Configuration;

/// <summary>Refuses settings that cannot work, before the silo starts.</summary>
internal static class EmbeddedOptionsValidator
{
    public static void Validate(SiloMessagingOptions messaging, GrainCollectionOptions collection)
    {
        AtLeast(messaging.ResponseTimeout, TimeSpan.FromMilliseconds(1), nameof(SiloMessagingOptions.ResponseTimeout));
        AtLeast(collection.CollectionQuantum, TimeSpan.FromMilliseconds(1), nameof(collection.CollectionQuantum));
        AtLeast(collection.ActivationTimeout, TimeSpan.FromMilliseconds(1), nameof(collection.ActivationTimeout));
        AtLeast(collection.DeactivationTimeout, TimeSpan.FromMilliseconds(1), nameof(collection.DeactivationTimeout));
        Above(collection.CollectionAge, collection.CollectionQuantum, nameof(collection.CollectionAge));
        foreach (var (name, age) in collection.ClassSpecificCollectionAge)
        {
            Above(age, collection.CollectionQuantum, $"{nameof(collection.ClassSpecificCollectionAge)}[{name}]");
        }
    }

    private static void AtLeast(TimeSpan value, TimeSpan bound, string name)
    {
        if (value < bound)
        {
            throw new OrleansConfigurationException($"{name} is {value}; it must be at least {bound}. Raise it.");
        }
    }

    private static void Above(TimeSpan value, TimeSpan quantum, string name)
    {
        if (value <= quantum)
        {
            throw new OrleansConfigurationException(
                $"{name} is {value}; it must be greater than {nameof(GrainCollectionOptions.CollectionQuantum)}, "
                + $"which is {quantum}. Raise the age or lower the quantum.");
        }
    }
}
