using Fed.Contracts;
using Fed.Contracts.Refusals;

namespace Fed.Silo.Gateway;

/// <summary>Who orders something, and why: both are recorded, and shown to people.</summary>
internal static class OrderTexts
{
    private const int MaxLength = 200;

    /// <exception cref="RefusedException">One of them is empty, too long, or has control characters.</exception>
    public static void Require(string by, string reason)
    {
        foreach (var (name, text) in new[] { (nameof(by), by), (nameof(reason), reason) })
        {
            if (string.IsNullOrWhiteSpace(text) || text.Length > MaxLength || text.Any(char.IsControl))
            {
                throw new RefusedException(
                    RefusalCode.InvalidRequest,
                    $"{name} is empty, longer than {MaxLength} characters, or has control characters",
                    "say in a few words who orders this, and why: both are recorded");
            }
        }
    }

    /// <summary>An order that says nothing else.</summary>
    /// <inheritdoc cref="Require"/>
    public static async ValueTask<StewardOrder> ReadAsync(HttpRequest request, CancellationToken aborted)
    {
        var order = await JsonBody.ReadAsync<StewardOrder>(request, aborted);
        Require(order.By, order.Reason);
        return order;
    }
}
