using System.CommandLine;
using Fed.Contracts.Versions;

namespace Fed.Cli.Admin;

/// <summary><c>fed admin rollback</c>.</summary>
internal static class RollbackCommand
{
    private static readonly Argument<long> Version =
        AdminOptions.Version("VERSION", "Number of the global version to restore");

    public static Command Create() => AdminCommand.With(
        new Command("rollback", "Restore an earlier global version as a new one; those between are withdrawn, and what "
            + "was trained from them is quarantined")
        {
            Version, AdminOptions.Reason, AdminOptions.By,
        },
        "rollback",
        async (parsed, client, federation, cancellation) =>
        {
            var order = new RollbackRequest(
                parsed.GetValue(Version), parsed.GetValue(AdminOptions.By)!, parsed.GetValue(AdminOptions.Reason)!);
            var view = await client.RollBackAsync(federation, order, cancellation);
            Console.WriteLine(
                $"global version {view.Version} has the model of version {order.Version}, {view.ModelSha256}; withdrawn: "
                + string.Join(", ", view.Withdrawn));
        });
}
