namespace Fed.Silo.Hosting;

/// <summary>A misspelt setting is refused by name, rather than left out without a word.</summary>
internal static class KnownSettings
{
    /// <summary>A section of the configuration that may have these settings only.</summary>
    /// <exception cref="ArgumentException">It has another.</exception>
    public static IConfigurationSection GetKnownSection(
        this IConfiguration configuration, string name, IReadOnlyCollection<string> known)
    {
        var section = configuration.GetSection(name);
        foreach (var child in section.GetChildren())
        {
            if (!known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                throw new ArgumentException(
                    $"{Variable(child.Key)} is no setting; these are: {string.Join(", ", known.Select(Variable))}");
            }
        }

        return section;

        string Variable(string key) => OrleansPorts.Variable($"{name}:{key}");
    }
}
