using System.CommandLine;
using Fed.Contracts.Federations;

namespace Fed.Cli.Admin;

/// <summary><c>fed admin deadline</c>.</summary>
internal static class DeadlineCommand
{
    private static readonly Option<string> Tier = new("--tier")
    {
        Description = "Whose buffers: 'cluster' for those of all clusters, or 'global'",
        Required = true,
    };

    private static readonly Option<double> Seconds = new("--seconds")
    {
        Description = "Since a buffer's first contribution; 0: no deadline",
        Required = true,
    };

    static DeadlineCommand() => Tier.AcceptOnlyFromAmong("cluster", "global");

    public static Command Create() => AdminCommand.With(
        new Command("deadline", "Change after how long a tier's buffers close with a quorum, open ones too")
        {
            Tier, Seconds, AdminOptions.Reason, AdminOptions.By,
        },
        "deadline",
        (parsed, client, federation, cancellation) => client.SetDeadlineAsync(
            federation,
            parsed.GetValue(Tier) == "global" ? DeadlineTier.Global : DeadlineTier.Cluster,
            new DeadlineOrder(
                parsed.GetValue(Seconds), parsed.GetValue(AdminOptions.By)!, parsed.GetValue(AdminOptions.Reason)!),
            cancellation),
        (_, found) => Console.WriteLine(
            $"deadlines: clusters {Text(found.ClusterSeconds)}, global {Text(found.GlobalSeconds)}"));

    private static string Text(double seconds) => seconds == 0 ? "none" : $"{seconds} s";
}
