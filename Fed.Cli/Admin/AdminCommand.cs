using System.CommandLine;
using Fed.Cli.Commands;
using Fed.Client;
using Fed.Client.Protocol;

namespace Fed.Cli.Admin;

/// <summary><c>fed admin</c>: what stewards do with versions and participants.</summary>
internal static class AdminCommand
{
    public static Command Create() => new(
        "admin", "What consortium stewards do: say who is waited for; list, compare, promote, "
        + "roll back and give up versions; reset keys, suspend and resume participants; "
        + "change deadlines")
    {
        StatusCommand.Create(),
        VersionsCommand.Create(),
        ShowVersionCommand.Create(),
        DiffCommand.Create(),
        PromoteCommand.Create(),
        RollbackCommand.Create(),
        GcCommand.Create(),
        ResetKeyCommand.Create(),
        SuspensionCommands.Suspend(),
        SuspensionCommands.Resume(),
        DeadlineCommand.Create(),
    };

    /// <summary>Adds what every one of them needs, and runs it with a client of the server.</summary>
    public static Command With(
        Command command, string name, Func<ParseResult, FederationClient, string, CancellationToken, Task> run)
    {
        command.Add(AdminOptions.Server);
        command.Add(AdminOptions.Federation);
        command.SetAction((parsed, cancellation) => Failures.ReportAsync(
            $"fed admin {name}",
            async () =>
            {
                using var client = new FederationClient(parsed.GetValue(AdminOptions.Server)!);
                await run(parsed, client, parsed.GetValue(AdminOptions.Federation)!, cancellation);
                return ExitCode.Success;
            },
            cancellation));
        return command;
    }
}
