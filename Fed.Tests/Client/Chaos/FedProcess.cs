using System.Diagnostics;
using Fed.Cli;

namespace Fed.Tests.Client.Chaos;

/// <summary>The program as a process, to its end.</summary>
internal static class FedProcess
{
    /// <summary>What <c>dotnet</c> is given to run it.</summary>
    public static string Program { get; } = typeof(CommandLine).Assembly.Location;

    /// <param name="environment">Variables to set, or (null) to remove.</param>
    public static async Task<(int Code, string Output, string Error)> RunAsync(
        Dictionary<string, string?> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await error);
    }
}
