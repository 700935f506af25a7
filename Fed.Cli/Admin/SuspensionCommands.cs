using System.CommandLine;
using Fed.Client.Protocol;
using Fed.Contracts;
using Fed.Contracts.Aggregation;

namespace Fed.Cli.Admin;

/// <summary><c>fed admin suspend</c> and <c>fed admin resume</c>.</summary>
internal static class SuspensionCommands
{
    private delegate Task<Suspensions> Order(
        string federation, string participant, StewardOrder order, CancellationToken cancellationToken);

    public static Command Suspend() => Create(
        "suspend",
        "Give a participant no tasks, take no updates from it, and wait for it no longer, until it is resumed; what it "
        + "has contributed stays",
        client => client.SuspendAsync);

    public static Command Resume() =>
        Create("resume", "End the suspension of a participant", client => client.ResumeAsync);

    private static Command Create(string name, string about, Func<FederationClient, Order> call) => AdminCommand.With(
        new Command(name, about) { AdminOptions.Participant, AdminOptions.Reason, AdminOptions.By },
        name,
        (parsed, client, federation, cancellation) => call(client)(
            federation, parsed.GetValue(AdminOptions.Participant)!, AdminOptions.OrderOf(parsed), cancellation),
        (parsed, found) =>
        {
            var participant = parsed.GetValue(AdminOptions.Participant)!;
            var isSuspended = found.Suspended.Any(known => known.Participant == participant);
            Console.WriteLine(
                $"{participant} is {(isSuspended ? "" : "not ")}suspended; in its cluster are {found.Suspended.Count}");
            foreach (var known in found.Suspended)
            {
                Console.WriteLine(
                    $"{known.Participant}: {known.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z by {known.By}: {known.Reason}");
            }
        });
}
