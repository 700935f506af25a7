namespace Fed.Embedded.Serialization;

/// <summary>The copies made so far in one call, so that shared and cyclic references stay so.</summary>
internal sealed class CopyContext
{
    private Dictionary<object, object>? _copies;

    public bool TryGet(object original, out object copy)
    {
        if (_copies is not null && _copies.TryGetValue(original, out var found))
        {
            copy = found;
            return true;
        }
        copy = original;
        return false;
    }

    public void Add(object original, object copy) =>
        (_copies ??= new(ReferenceEqualityComparer.Instance)).Add(original, copy);
}
