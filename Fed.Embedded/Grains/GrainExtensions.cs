using Orleans.Runtime;

namespace Orleans;

/// <summary>Identity of grains and of references to them.</summary>
public static class GrainExtensions
{
    /// <summary>A reference to this grain, of the interface asked for.</summary>
    /// <exception cref="ArgumentException">The object is neither a grain nor a reference.</exception>
    /// <exception cref="InvalidCastException">The grain does not implement that interface.</exception>
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain) =>
        grain is TGrainInterface already and GrainReference
            ? already
            : (TGrainInterface)(object)Reference(grain).As(typeof(TGrainInterface));

    public static TGrainInterface Cast<TGrainInterface>(this IAddressable grain) =>
        grain.AsReference<TGrainInterface>();

    public static object AsReference(this IAddressable grain, Type interfaceType) =>
        Reference(grain).As(interfaceType);

    public static object Cast(this IAddressable grain, Type interfaceType) => grain.AsReference(interfaceType);

    public static GrainId GetGrainId(this IAddressable grain) => grain switch
    {
        null => throw new ArgumentNullException(nameof(grain)),
        GrainReference reference => reference.GrainId,
        IGrainBase { GrainContext: { } context } => context.GrainId,
        _ => throw WrongType(grain),
    };

    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key.ToString();

    public static long GetPrimaryKeyLong(this IAddressable grain) => grain.GetGrainId().TryGetIntegerKey(out var key)
        ? key
        : throw new InvalidOperationException($"Unable to extract integer key from grain id {grain.GetGrainId()}");

    public static Guid GetPrimaryKey(this IAddressable grain) => grain.GetGrainId().TryGetGuidKey(out var key)
        ? key
        : throw new InvalidOperationException($"Unable to extract GUID key from grain id {grain.GetGrainId()}");

    private static GrainReference Reference(IAddressable grain) => grain switch
    {
        null => throw new ArgumentNullException(nameof(grain)),
        GrainReference reference => reference,
        IGrainBase { GrainContext: { } context } => context.GrainReference,
        _ => throw WrongType(grain),
    };

    private static ArgumentException WrongType(IAddressable grain) => new(
        $"{grain.GetType()} is neither a grain that the runtime made nor a reference to one.", nameof(grain));
}
