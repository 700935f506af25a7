using System.Collections;
using System.Collections.ObjectModel;

namespace Fed.Embedded.Serialization;

/// <summary>Plans for the collections that grain calls carry.</summary>
internal static class CollectionPlans
{
    private static readonly Dictionary<Type, string> s_makers = new()
    {
        [typeof(List<>)] = nameof(List),
        [typeof(HashSet<>)] = nameof(Set),
        [typeof(SortedSet<>)] = nameof(SortedSet),
        [typeof(Queue<>)] = nameof(Queue),
        [typeof(Stack<>)] = nameof(Stack),
        [typeof(Dictionary<,>)] = nameof(Map),
        [typeof(SortedDictionary<,>)] = nameof(SortedMap),
        [typeof(ReadOnlyCollection<>)] = nameof(ReadOnlyList),
        [typeof(ReadOnlyMemory<>)] = nameof(ReadOnlyMemory),
        [typeof(Memory<>)] = nameof(Memory),
    };

    /// <summary>The plan for a known collection type; null for any other.</summary>
    public static CopyPlan? For(Type type) =>
        type.IsGenericType && s_makers.TryGetValue(type.GetGenericTypeDefinition(), out var maker)
            ? (CopyPlan)typeof(CollectionPlans)
                .GetMethod(maker, System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!
                .MakeGenericMethod(type.GetGenericArguments()).Invoke(null, null)!
            : null;

    private static CollectionPlan List<T>() => new(
        list => new List<T>((List<T>)list), Deep<T>((items, context) =>
        {
            var copy = new List<T>();
            context.Add(items, copy);
            copy.AddRange(Copies((List<T>)items, context));
            return copy;
        }));

    private static CollectionPlan Set<T>() => new(
        set => new HashSet<T>((HashSet<T>)set, ((HashSet<T>)set).Comparer),
        Deep<T>((items, context) => new HashSet<T>(Copies((HashSet<T>)items, context), ((HashSet<T>)items).Comparer)));

    private static CollectionPlan SortedSet<T>() => new(
        set => new SortedSet<T>((SortedSet<T>)set, ((SortedSet<T>)set).Comparer),
        Deep<T>((items, context) =>
            new SortedSet<T>(Copies((SortedSet<T>)items, context), ((SortedSet<T>)items).Comparer)));

    private static CollectionPlan Queue<T>() => new(
        queue => new Queue<T>((Queue<T>)queue),
        Deep<T>((items, context) => new Queue<T>(Copies((Queue<T>)items, context))));

    private static CollectionPlan Stack<T>() => new(
        stack => new Stack<T>(((Stack<T>)stack).Reverse()),
        Deep<T>((items, context) => new Stack<T>(Copies((Stack<T>)items, context).Reverse())));

    private static CollectionPlan ReadOnlyList<T>() => new(
        list => new ReadOnlyCollection<T>([.. (ReadOnlyCollection<T>)list]),
        Deep<T>((items, context) =>
            new ReadOnlyCollection<T>([.. Copies((ReadOnlyCollection<T>)items, context)])));

    private static CollectionPlan ReadOnlyMemory<T>() => new(
        memory => new ReadOnlyMemory<T>(((ReadOnlyMemory<T>)memory).ToArray()), null);

    private static CollectionPlan Memory<T>() => new(
        memory => new Memory<T>(((Memory<T>)memory).ToArray()), null);

    private static CollectionPlan Map<TKey, TValue>()
        where TKey : notnull => new(
        map => new Dictionary<TKey, TValue>((Dictionary<TKey, TValue>)map, ((Dictionary<TKey, TValue>)map).Comparer),
        Deep<TKey, TValue>((items, context) =>
        {
            var source = (Dictionary<TKey, TValue>)items;
            var copy = new Dictionary<TKey, TValue>(source.Count, source.Comparer);
            context.Add(source, copy);
            foreach (var (key, value) in source)
            {
                copy.Add((TKey)CopyPlan.CopyAny(key, context)!, (TValue)CopyPlan.CopyAny(value, context)!);
            }
            return copy;
        }));

    private static CollectionPlan SortedMap<TKey, TValue>()
        where TKey : notnull => new(
        map => new SortedDictionary<TKey, TValue>(
            (SortedDictionary<TKey, TValue>)map, ((SortedDictionary<TKey, TValue>)map).Comparer),
        Deep<TKey, TValue>((items, context) =>
        {
            var source = (SortedDictionary<TKey, TValue>)items;
            var copy = new SortedDictionary<TKey, TValue>(source.Comparer);
            context.Add(source, copy);
            foreach (var (key, value) in source)
            {
                copy.Add((TKey)CopyPlan.CopyAny(key, context)!, (TValue)CopyPlan.CopyAny(value, context)!);
            }
            return copy;
        }));

    private static IEnumerable<T> Copies<T>(IEnumerable<T> items, CopyContext context) =>
        items.Select(item => (T)CopyPlan.CopyAny(item, context)!);

    /// <summary>The deep copier, where elements cannot be shared.</summary>
    private static Func<IEnumerable, CopyContext, object>? Deep<T>(Func<IEnumerable, CopyContext, object> copier) =>
        CopyRules.IsShared(typeof(T)) ? null : copier;

    private static Func<IEnumerable, CopyContext, object>? Deep<TKey, TValue>(
        Func<IEnumerable, CopyContext, object> copier) =>
        CopyRules.IsShared(typeof(TKey)) && CopyRules.IsShared(typeof(TValue)) ? null : copier;
}
