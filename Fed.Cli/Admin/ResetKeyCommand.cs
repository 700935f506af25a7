using System.CommandLine;

namespace Fed.Cli.Admin;

/// <summary><c>fed admin reset-key</c>.</summary>
internal static class ResetKeyCommand
{
    public static Command Create() => AdminCommand.With(
        new Command(
            "reset-key",
            "Let a participant that has lost its key enrol with a new one; its sequence numbers go on, and what it has "
            + "contributed stays")
        {
            AdminOptions.Participant, AdminOptions.Reason, AdminOptions.By,
        },
        "reset-key",
        async (parsed, client, federation, cancellation) =>
        {
            var participant = parsed.GetValue(AdminOptions.Participant)!;
            var key = await client.ResetKeyAsync(
                federation, participant, AdminOptions.OrderOf(parsed), cancellation);
            Console.WriteLine($"{participant} has no key: the next enrolment with a new one keeps that");
            foreach (var reset in key.Resets)
                Console.WriteLine($"reset {reset.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z by {reset.By}: {reset.Reason}");
        });
}
