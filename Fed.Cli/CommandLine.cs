using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Reflection;
using System.Runtime.InteropServices;
using Fed.Bench;
using Fed.Cli.Admin;
using Fed.Cli.Audit;
using Fed.Cli.Chaos;
using Fed.Cli.Cluster;
using Fed.Cli.Commands;
using Fed.Cli.Demo;
using Fed.Cli.Model;
using Fed.Cli.Qc;
using Fed.Cli.Top;
using Fed.Client;
using Fed.MediaQc.Files;

namespace Fed.Cli;

/// <summary>The root of the command line, and how it ends.</summary>
internal static class CommandLine
{
    /// <summary>After Ctrl-C: what a dozen processes and a silo take to end in order, with room to spare.</summary>
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(40);

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is [Suggestions.Word, var line])
        {
            foreach (var suggestion in Suggestions.For(Create(), line))
                Console.WriteLine(suggestion);
            return ExitCode.Success;
        }

        var parsed = Create().Parse(args);
        var complaints = Complaints(parsed);
        foreach (var complaint in complaints)
            await Console.Error.WriteLineAsync(complaint);
        if (complaints.Count > 0)
            return ExitCode.Usage;
        return Chosen(parsed.CommandResult) switch
        {
            SiloCommand.Name => await SiloProcess.RunAsync(parsed),
            BenchProcess.Name => await BenchProcess.RunAsync(parsed),
            SimulateCommand.Name => await parsed.InvokeAsync(),
            _ => await InvokeAsync(parsed),
        };
    }

    private static async Task<int> InvokeAsync(ParseResult parsed)
    {
        // Whose terminal is closed ends in order, too; a second time, at once.
        using var hungUp = new CancellationTokenSource();
        using var closed = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = !hungUp.IsCancellationRequested;
            hungUp.Cancel();
        });
        try
        {
            return await parsed.InvokeAsync(
                new() { ProcessTerminationTimeout = TimeToStop, EnableDefaultExceptionHandler = false }, hungUp.Token);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        // A device that is full, for example, behind standard output.
        catch (Exception error)
        {
            var (code, message) = Failures.Explain(error);
            await Console.Error.WriteLineAsync($"{PathOf(parsed.CommandResult)}: {message}");
            return code;
        }
    }

    /// <summary>Not a RootCommand: that one calls itself by the name of the assembly.</summary>
    internal static Command Create() => NumberOptions.Guard(
        new(
            "fed",
            "FedHier: hierarchical asynchronous federated learning for media quality control. "
            + "Beside the commands below, './fed test' in a copy of the repository runs the tests")
        {
            new HelpOption { Action = new HelpWithExamples() },
            new VersionOption(),
            DemoCommand.Create(),
            SiloCommand.Create(SiloProcess.ServeAsync),
            JoinCommand.Create(JoinCommand.TakePartAsync),
            AdminCommand.Create(),
            AuditCommand.Create(),
            ChaosCommand.Create(),
            ClusterCommand.Create(),
            DataCommand.Create(),
            QcCommand.Create(),
            ModelCommand.Create(),
            DoctorCommand.Create(),
            TopCommand.Create(),
            MetricsCommand.Create(),
            BenchCommand.Create(),
            SimulateCommand.Create(),
            VersionCommand.Create(),
            CompletionCommand.Create(),
        });

    /// <summary>One line about a word that stands where a command must; null when there is none.</summary>
    internal static string? UnknownCommand(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (command.Subcommands.Count == 0 || parsed.UnmatchedTokens is not [var word, ..] || word.StartsWith('-'))
            return null;
        var path = PathOf(parsed.CommandResult);
        var nearest = command.Subcommands.MinBy(known => Edits(word, known.Name))!;
        return $"{path}: '{word}' is no command; the nearest is '{path} {nearest.Name}', and '{path} --help' lists all";
    }

    /// <returns>With <c>fed</c>.</returns>
    internal static string PathOf(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : result.Command.Name;

    /// <summary>
    /// Letters to insert, remove or replace to come from one word to the other (Levenshtein 1966).
    /// </summary>
    private static int Edits(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (var i = 0; i < from.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 0; j < to.Length; j++)
            {
                var replaced = diagonal + (from[i] == to[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, Math.Min(row[j], diagonal) + 1);
            }
        }

        return row[^1];
    }

    /// <summary>What is wrong with the words of a command line, a line for each; none when it can be run.</summary>
    internal static IReadOnlyList<string> Complaints(ParseResult parsed)
    {
        if (UnknownCommand(parsed) is { } unknown)
            return [unknown];
        // Help and the version are asked for without the options that a command cannot do without.
        if (parsed.Errors.Count == 0 || parsed.Action is { ClearsParseErrors: true })
            return [];
        var path = PathOf(parsed.CommandResult);
        return
        [
            .. parsed.Errors.Select(error => $"{path}: {error.Message}"),
            $"{path}: '{path} --help' lists the options",
        ];
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

/// <summary>
/// Help that ends with the variables that the command reads and with what people type. Not in its description: that one
/// stands in the list of all commands, too.
/// </summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private readonly HelpAction _help = new();

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var code = _help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var command = parseResult.CommandResult;
        if (command.Command.Name == SiloCommand.Name)
            output.WriteLine(SiloCommand.Variables);
        if (command.Command.Subcommands.Count > 0)
            return code;
        output.WriteLine("Examples:");
        foreach (var example in Examples.Of(CommandLine.PathOf(command)))
            output.WriteLine($"  {example}");
        return code;
    }
}

/// <summary><c>fed version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Print the version");
        command.SetAction(_ =>
        {
            var version = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>();
            Console.WriteLine($"fed {version?.InformationalVersion.Split('+')[0]}");
            return ExitCode.Success;
        });
        return command;
    }
}

/// <summary>How <c>fed bench</c> ends.</summary>
internal static class BenchProcess
{
    public const string Name = "bench";

    public static async Task<int> RunAsync(ParseResult parsed)
    {
        try
        {
            return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false });
        }
        catch (Exception error) when (error is IOException or InvalidOperationException or UnauthorizedAccessException
            or DataFileException)
        {
            await Console.Error.WriteLineAsync($"fed bench: {error.Message}");
            return ExitCode.Failure;
        }
    }
}
