using System.Diagnostics;
using Fed.Client.Agent;

namespace Fed.Tests.Client.Chaos;

/// <summary>The client's program as a process, to its end.</summary>
internal static class FedProcess
{
    /// <param name="environment">Variables to set, or (null) to remove.</param>
    public static async Task<(int Code, string Output, string Error)> RunAsync(
        Dictionary<string, string?> environment, params string[] arguments)
    {
        var bin = Path.GetDirectoryName(typeof(AgentOptions).Assembly.Location)!;
        var start = new ProcessStartInfo("dotnet", [Path.Combine(bin, "Fed.Client.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["FED_SILO_DLL"] = Path.Combine(bin, "Fed.Silo.dll") },
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
