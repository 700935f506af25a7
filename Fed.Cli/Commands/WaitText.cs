using Fed.Contracts.Aggregation;

namespace Fed.Cli.Commands;

/// <summary>Whom a tier waits for, in words.</summary>
internal static class WaitText
{
    /// <returns><c>-</c>: for nobody.</returns>
    public static string Names(TierWait wait)
    {
        if (wait.Count == 0)
            return "-";
        return wait.Count > wait.Names.Count
            ? $"{string.Join(", ", wait.Names)} and {wait.Count - wait.Names.Count} more"
            : string.Join(", ", wait.Names);
    }
}
