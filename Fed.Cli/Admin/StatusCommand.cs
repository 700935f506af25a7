using System.CommandLine;
using System.Text.Json;
using Fed.Cli.Commands;
using Fed.Contracts;
using Fed.Contracts.Aggregation;

namespace Fed.Cli.Admin;

/// <summary><c>fed admin status</c>: how far a federation is, and whom it waits for.</summary>
internal static class StatusCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "Print the whole status as JSON" };

    public static Command Create() => AdminCommand.With(
        new Command("status", "Show each tier's version and buffer, and whose contribution is missing") { Json },
        "status",
        async (parsed, client, federation, cancellation) =>
        {
            var status = await client.StatusAsync(federation, cancellation);
            if (parsed.GetValue(Json))
            {
                Console.WriteLine(JsonSerializer.Serialize(status, FedJson.Indented));
                return;
            }

            Console.WriteLine($"{federation}: {status.State}, {status.Mode}".ToLowerInvariant());
            Console.WriteLine($"{"tier",-20}{"version",8}{"buffer",12}  waits for");
            foreach (var tier in status.Clusters.Append(status.Global))
            {
                var buffer = $"{tier.Buffered} of {tier.Goal}";
                Console.WriteLine($"{tier.Key,-20}{tier.Version,8}{buffer,12}  {WaitingFor(tier.Waiting)}");
            }
        });

    private static string WaitingFor(TierWait wait)
    {
        var since = wait is { Count: > 0, OldestAt: { } at } ? $", since {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC" : "";
        return WaitText.Names(wait) + since;
    }
}
