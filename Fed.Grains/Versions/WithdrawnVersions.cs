using System.Collections.Immutable;
using Fed.Contracts.Versions;

namespace Fed.Grains.Versions;

/// <summary>The global versions that rollbacks have withdrawn, as few ranges.</summary>
internal static class WithdrawnVersions
{
    /// <summary>Adds a range that ends at the newest version: it swallows those within it.</summary>
    public static ImmutableList<VersionRange> Withdraw(this ImmutableList<VersionRange> ranges, VersionRange newest) =>
        ranges.RemoveAll(range => range.First >= newest.First).Add(newest);

    public static bool Has(this IEnumerable<VersionRange> ranges, long version) =>
        ranges.Any(range => range.Contains(version));
}
