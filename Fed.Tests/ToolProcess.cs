using System.Diagnostics;

namespace Fed.Tests;

/// <summary>A program that is run to its end.</summary>
internal static class ToolProcess
{
    /// <param name="input">Its standard input; null: none.</param>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(
        ProcessStartInfo start, string? input = null)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }
}
