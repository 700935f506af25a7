using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Fed.Bench;
using Fed.Cli.Admin;
using Fed.Cli.Audit;
using Fed.Cli.Chaos;
using Fed.Cli.Commands;
using Fed.Cli.Data;
using Fed.Cli.Demo;
using Fed.Cli.Doctor;
using Fed.Client;

namespace Fed.Cli;

/// <summary>The root of the command line, and how it ends.</summary>
internal static class CommandLine
{
    /// <summary>After Ctrl-C: what a dozen processes and a silo take to end in order, with room to spare.</summary>
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(40);

    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Create().Parse(args);
        return Chosen(parsed.CommandResult) switch
        {
            SiloCommand.Name => await SiloProcess.RunAsync(parsed),
            BenchProcess.Name => await BenchProcess.RunAsync(parsed),
            SimulateCommand.Name => await parsed.InvokeAsync(),
            _ => await RunAsync(parsed),
        };
    }

    /// <summary>Not a RootCommand: that one calls itself by the name of the assembly.</summary>
    internal static Command Create() => NumberOptions.Guard(
        new(
            "fed",
            "FedHier: hierarchical asynchronous federated learning for media quality control. "
            + "Beside the commands below, './fed test' in a copy of the repository runs the tests")
        {
            new HelpOption { Action = new HelpWithEnvironment() },
            new VersionOption(),
            DemoCommand.Create(),
            SiloCommand.Create(SiloProcess.ServeAsync),
            JoinCommand.Create(),
            AdminCommand.Create(),
            AuditCommand.Create(),
            ChaosCommand.Create(),
            DataCommand.Create(),
            DoctorCommand.Create(),
            BenchCommand.Create(),
            SimulateCommand.Create(),
            VersionCommand.Create(),
        });

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync($"fed: {error.Message}");
            await Console.Error.WriteLineAsync("fed: --help lists the commands, and 'fed COMMAND --help' its options");
            return ExitCode.Usage;
        }

        return await parsed.InvokeAsync(new() { ProcessTerminationTimeout = TimeToStop });
    }

    /// <summary>The word after <c>fed</c>: each family of commands has its own way to end.</summary>
    private static string? Chosen(CommandResult result) => result.Parent switch
    {
        null => null,
        CommandResult { Parent: null } => result.Command.Name,
        CommandResult parent => Chosen(parent),
        _ => throw new InvalidOperationException($"'{result.Command.Name}' stands below what is no command"),
    };
}
