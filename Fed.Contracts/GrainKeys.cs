namespace Fed.Contracts;

/// <summary>Keys of grains that live inside a federation: <c>federation/name</c>.</summary>
public static class GrainKeys
{
    public static string Within(string federation, string name) => $"{federation}/{name}";

    /// <summary>Splits a key made by <see cref="Within"/>.</summary>
    public static (string Federation, string Name) Split(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash > 0
            ? (key[..slash], key[(slash + 1)..])
            : throw new ArgumentException($"'{key}' is not of the form federation/name", nameof(key));
    }
}
