using System.CommandLine;
using Fed.Client.Data;
using Fed.Client.Demo;

namespace Fed.Client.Commands;

/// <summary>The root of the command line, and how it ends.</summary>
internal static class CommandLine
{
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

        return await parsed.InvokeAsync();
    }

    private static RootCommand Create() =>
        new("FedHier: hierarchical asynchronous federated learning for media quality control")
        {
            DemoCommand.Create(),
            JoinCommand.Create(),
            DataCommand.Create(),
            VersionCommand.Create(),
        };
}
