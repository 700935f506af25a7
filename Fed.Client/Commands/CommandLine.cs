using System.CommandLine;
using System.CommandLine.Help;
using Fed.Client.Admin;
using Fed.Client.Audit;
using Fed.Client.Chaos;
using Fed.Client.Data;
using Fed.Client.Demo;
using Fed.Client.Doctor;

namespace Fed.Client.Commands;

/// <summary>The root of the command line, and how it ends.</summary>
internal static class CommandLine
{
    /// <summary>After Ctrl-C: what a dozen processes and a silo take to end in order, with room to spare.</summary>
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(40);

    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Create().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync($"fed: {error.Message}");
            await Console.Error.WriteLineAsync("fed: --help lists the commands, and 'fed COMMAND --help' its options");
            return ExitCode.Usage;
        }

        return await parsed.InvokeAsync(new() { ProcessTerminationTimeout = TimeToStop });
    }

    /// <summary>Not a RootCommand: that one calls itself by the name of the assembly.</summary>
    internal static Command Create() => NumberOptions.Guard(
        new(
            "fed",
            "FedHier: hierarchical asynchronous federated learning for media quality control. "
            + "Beside the commands below, 'fed silo' runs a server, 'fed test' tests, 'fed bench' benchmarks")
        {
            new HelpOption(),
            new VersionOption(),
            DemoCommand.Create(),
            JoinCommand.Create(),
            AdminCommand.Create(),
            AuditCommand.Create(),
            ChaosCommand.Create(),
            DataCommand.Create(),
            DoctorCommand.Create(),
            VersionCommand.Create(),
        });
}
