using System.Text.RegularExpressions;
using Fed.Contracts.Refusals;

namespace Fed.Contracts;

/// <summary>Names of federations, clusters and participants: they stand in URLs, file names and metrics.</summary>
public static partial class Names
{
    public const int MaxLength = 64;

    /// <exception cref="RefusedException">The name is not 1-64 lower-case letters, digits, dots or dashes.</exception>
    public static string Require(string? name, string what) => name is not null && Pattern().IsMatch(name)
        ? name
        : throw new RefusedException(
            RefusalCode.InvalidSettings,
            $"{what} '{Shorten(name)}' is not a valid name",
            $"use 1-{MaxLength} lower-case letters, digits, dots or dashes, starting with a letter or digit");

    [GeneratedRegex(@"^[a-z0-9][a-z0-9.\-]{0,63}\z")]
    private static partial Regex Pattern();

    private static string Shorten(string? name) =>
        name is null ? "" : name.Length <= MaxLength ? name : name[..MaxLength] + "...";
}
