namespace Orleans.Runtime;

/// <summary>Values that flow with grain calls, from caller to callee and on; never back.</summary>
public static class RequestContext
{
    private const string ReentrancyKey = "#CCR";
    private static readonly AsyncLocal<Dictionary<string, object>?> s_values = new();

    /// <summary>Names the call chain that may re-enter; empty when none.</summary>
    public static Guid ReentrancyId
    {
        get => Get(ReentrancyKey) is Guid id ? id : Guid.Empty;
        set
        {
            if (value == Guid.Empty)
            {
                Remove(ReentrancyKey);
            }
            else
            {
                Set(ReentrancyKey, value);
            }
        }
    }

    public static IEnumerable<string> Keys => s_values.Value?.Keys ?? Enumerable.Empty<string>();

    public static IEnumerable<KeyValuePair<string, object>> Entries =>
        s_values.Value ?? Enumerable.Empty<KeyValuePair<string, object>>();

    /// <summary>The dictionary is never modified once set, so calls share it.</summary>
    internal static Dictionary<string, object>? Values
    {
        get => s_values.Value;
        set => s_values.Value = value;
    }

    public static object? Get(string key) => s_values.Value?.GetValueOrDefault(key);

    public static void Set(string key, object value)
    {
        var old = s_values.Value;
        s_values.Value = old is null ? new(1) { [key] = value } : new(old) { [key] = value };
    }

    public static bool Remove(string key)
    {
        if (s_values.Value is not { } old || !old.ContainsKey(key))
        {
            return false;
        }
        var values = new Dictionary<string, object>(old);
        values.Remove(key);
        s_values.Value = values.Count == 0 ? null : values;
        return true;
    }

    public static void Clear() => s_values.Value = null;

    /// <summary>Until disposed, calls made from here may come back into this grain while it waits.</summary>
    public static ReentrancySection AllowCallChainReentrancy()
    {
        var original = ReentrancyId;
        return new ReentrancySection(original, original == Guid.Empty ? Guid.NewGuid() : original);
    }

    /// <summary>Until disposed, calls made from here may not re-enter.</summary>
    public static ReentrancySection SuppressCallChainReentrancy() => new(ReentrancyId, Guid.Empty);

    internal static Guid ReentrancyIdOf(Dictionary<string, object>? values) =>
        values is not null && values.TryGetValue(ReentrancyKey, out var value) && value is Guid id ? id : Guid.Empty;

    public readonly struct ReentrancySection : IDisposable
    {
        private readonly Guid _original;
        private readonly Guid _current;

        public ReentrancySection(Guid originalReentrancyId, Guid newReentrancyId)
        {
            _original = originalReentrancyId;
            _current = newReentrancyId;
            if (_current != _original)
            {
                ReentrancyId = _current;
            }
            if (_current != Guid.Empty)
            {
                RuntimeContext.CurrentActivation?.EnterReentrantSection(_current);
            }
        }

        public void Dispose()
        {
            if (_current != Guid.Empty)
            {
                RuntimeContext.CurrentActivation?.LeaveReentrantSection(_current);
            }
            if (_current != _original)
            {
                ReentrancyId = _original;
            }
        }
    }
}
