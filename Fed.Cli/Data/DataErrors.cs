using Fed.MediaQc.Files;
using Fed.MediaQc.Pipeline.Media;

namespace Fed.Cli.Data;

/// <summary>Turns the errors that a user can mend into one line and exit code 1.</summary>
internal static class DataErrors
{
    public static async Task<int> ReportAsync(Func<Task<int>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception error) when (error is DataFileException or MediaToolException or ArgumentException)
        {
            await Console.Error.WriteLineAsync($"error: {error.Message}");
            return 1;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"error: the files could not be read or written: {error.Message}");
            return 1;
        }
    }
}
