using Fed.Contracts.Refusals;

namespace Fed.Silo.Gateway;

/// <summary>Who orders something, and why: both stand in a signed record.</summary>
internal static class OrderTexts
{
    private const int MaxLength = 200;

    /// <exception cref="RefusedException">One of them is empty, too long, or has control characters.</exception>
    public static void Require(string by, string reason)
    {
        RequireText("by", by);
        RequireText("reason", reason);
    }

    private static void RequireText(string name, string text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > MaxLength || text.Any(char.IsControl))
        {
            throw new RefusedException(
                RefusalCode.InvalidRequest,
                $"{name} is empty, longer than {MaxLength} characters, or has control characters",
                "say in a few words who orders this, and why: both stand in the signed record");
        }
    }
}
