using System.Text.RegularExpressions;

namespace Fed.Contracts.Wire;

/// <summary>
/// What the service and the cluster of silos may be called, to silos and to Orleans clients alike; with anything else
/// they could not name a container of Azure Storage.
/// </summary>
public static partial class ClusterName
{
    private const int Longest = 50;

    /// <param name="setting">What sets the name, as it is told.</param>
    /// <returns>The name.</returns>
    /// <exception cref="ArgumentException">It is not possible.</exception>
    public static string Require(string name, string setting) =>
        name.Length <= Longest && Possible().IsMatch(name)
            ? name
            : throw new ArgumentException(
                $"{setting} is '{name}'; it must be 1 to {Longest} lower-case letters, digits and single hyphens "
                + "between them");

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*\\z")]
    private static partial Regex Possible();
}
