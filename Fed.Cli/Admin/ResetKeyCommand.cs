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
        (parsed, client, federation, cancellation) => client.ResetKeyAsync(
            federation, parsed.GetValue(AdminOptions.Participant)!, AdminOptions.OrderOf(parsed), cancellation),
        (parsed, key) =>
        {
            Console.WriteLine(
                $"{parsed.GetValue(AdminOptions.Participant)} has no key: the next enrolment with a new one keeps that");
            foreach (var reset in key.Resets)
                Console.WriteLine($"reset {reset.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z by {reset.By}: {reset.Reason}");
        });
}
