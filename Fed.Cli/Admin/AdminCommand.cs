using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Fed.Cli.Commands;
using Fed.Client;
using Fed.Client.Protocol;
using Fed.Contracts;
using Fed.Contracts.Versions;

namespace Fed.Cli.Admin;

/// <summary><c>fed admin</c>: what stewards do with versions and participants.</summary>
internal static class AdminCommand
{
    public static Command Create() => new(
        "admin",
        "What consortium stewards do: say who is waited for; list, compare, promote, roll back and give up versions; "
        + "reset keys, suspend and resume participants; change deadlines")
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

    /// <summary>
    /// Adds what every one of them needs, runs it with a client of the server, and prints what that has answered, for
    /// people or as JSON.
    /// </summary>
    public static Command With<T>(
        Command command,
        string name,
        Func<ParseResult, FederationClient, string, CancellationToken, Task<T>> ask,
        Action<ParseResult, T> print)
    {
        command.Add(AdminOptions.Json);
        return With(command, name, async (parsed, client, federation, cancellation) =>
        {
            var answer = await ask(parsed, client, federation, cancellation);
            if (parsed.GetValue(AdminOptions.Json))
                Console.WriteLine(JsonSerializer.Serialize(answer, FedJson.Indented));
            else
                print(parsed, answer);
        });
    }

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

/// <summary>Options that the admin commands share.</summary>
internal static class AdminOptions
{
    public static Uri UsualServer { get; } = new("http://127.0.0.1:8080");

    public static Option<Uri> Server { get; } = new("--server")
    {
        Description = "Address of the silo; orders are taken from its own machine only",
        DefaultValueFactory = _ => UsualServer,
        CustomParser = ParseServer,
    };

    public static Option<string> Federation { get; } = new("--federation")
    {
        Description = "Name of the federation",
        Required = true,
    };

    public static Option<string> Reason { get; } = new("--reason")
    {
        Description = "Why, in a few words; is recorded",
        Required = true,
    };

    public static Option<string> By { get; } = new("--by")
    {
        Description = "Who orders it; is recorded (default: your user name)",
        DefaultValueFactory = _ => Environment.UserName,
    };

    public static Option<string> Tier { get; } = new("--tier")
    {
        Description = "A cluster, 'global', 'stable' for the moves of that channel, or 'retention'",
        DefaultValueFactory = _ => "global",
    };

    public static Option<bool> Json { get; } = new("--json") { Description = "Print the server's answer as JSON" };

    /// <summary>Whom an order is about.</summary>
    public static Argument<string> Participant { get; } = new("PARTICIPANT")
    {
        Description = "Name of a participant, as on the roster",
    };

    public static Uri? ParseServer(ArgumentResult result)
    {
        try
        {
            return ServerAddress.Parse(result.Tokens[0].Value, "--server");
        }
        catch (ArgumentException wrong)
        {
            result.AddError(wrong.Message);
            return null;
        }
    }

    /// <summary>Who orders, and why.</summary>
    public static StewardOrder OrderOf(ParseResult parsed) => new(parsed.GetValue(By)!, parsed.GetValue(Reason)!);

    /// <summary>The number of a version, from 0.</summary>
    public static Argument<long> Version(string name, string description)
    {
        var version = new Argument<long>(name) { Description = description };
        version.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < 0)
                result.AddError($"{name} is negative; versions are counted from 0");
        });
        return version;
    }
}

/// <summary><c>fed admin promote</c>.</summary>
internal static class PromoteCommand
{
    private static readonly Argument<long> Version = AdminOptions.Version("VERSION", "Number of a global version");

    public static Command Create() => AdminCommand.With(
        new Command("promote", "Point the channel stable at a global version")
        {
            Version, AdminOptions.Reason, AdminOptions.By,
        },
        "promote",
        (parsed, client, federation, cancellation) => client.PromoteAsync(
            federation,
            new PromotionRequest(
                parsed.GetValue(Version), parsed.GetValue(AdminOptions.By)!, parsed.GetValue(AdminOptions.Reason)!),
            cancellation),
        (_, channel) => Console.WriteLine(
            $"stable: version {channel.Version!.Number}, model {channel.Version.ModelSha256}, "
            + $"move {channel.Move!.Number} ({channel.Move.ManifestSha256})"));
}

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
        (parsed, client, federation, cancellation) => client.RollBackAsync(
            federation,
            new RollbackRequest(
                parsed.GetValue(Version), parsed.GetValue(AdminOptions.By)!, parsed.GetValue(AdminOptions.Reason)!),
            cancellation),
        (parsed, view) => Console.WriteLine(
            $"global version {view.Version} has the model of version {parsed.GetValue(Version)}, {view.ModelSha256}; "
            + $"withdrawn: {string.Join(", ", view.Withdrawn)}"));
}
