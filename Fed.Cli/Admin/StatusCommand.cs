using System.CommandLine;
using Fed.Cli.Commands;
using Fed.Contracts.Aggregation;

namespace Fed.Cli.Admin;

/// <summary><c>fed admin status</c>: how far a federation is, and whom it waits for.</summary>
internal static class StatusCommand
{
    public static Command Create() => AdminCommand.With(
        new Command("status", "Show each tier's version and buffer, and whose contribution is missing"),
        "status",
        (_, client, federation, cancellation) => client.StatusAsync(federation, cancellation),
        (_, status) =>
        {
            Console.WriteLine($"{status.Name}: {status.State}, {status.Mode}".ToLowerInvariant());
            if (status.FrozenParameters > 0)
            {
                var all = status.Parameters + status.FrozenParameters;
                Console.WriteLine($"{status.Parameters} of {all} values travel; the others are frozen");
            }

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
