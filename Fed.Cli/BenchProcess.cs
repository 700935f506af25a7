using System.CommandLine;
using Fed.Client;
using Fed.MediaQc.Files;

namespace Fed.Cli;

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
