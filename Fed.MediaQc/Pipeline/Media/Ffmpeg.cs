using System.Diagnostics;

namespace Fed.MediaQc.Pipeline.Media;

/// <summary>Runs ffmpeg quietly, one thread, without its banner.</summary>
public sealed class Ffmpeg
{
    private readonly string program;

    /// <param name="program">Name or path of ffmpeg.</param>
    public Ffmpeg(string program = "ffmpeg") => this.program = program;

    /// <summary>Whether the program can be started.</summary>
    public static bool IsInstalled(string program = "ffmpeg") =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <exception cref="MediaToolException">It is not installed, or it failed; the message holds its last
    /// lines.</exception>
    public async Task RunAsync(IEnumerable<string> arguments, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in new[] { "-hide_banner", "-nostdin", "-loglevel", "error", "-y" }.Concat(arguments))
            start.ArgumentList.Add(argument);
        // SVT-AV1 writes its banner to standard error whatever the log level is.
        start.Environment["SVT_LOG"] = "1";
        using var process = Start(start);
        try
        {
            var errors = await process.StandardError.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel);
            if (process.ExitCode != 0)
            {
                throw new MediaToolException(
                    $"{program} ended with code {process.ExitCode}: {Tail(errors)} "
                    + $"(arguments: {string.Join(' ', start.ArgumentList)})");
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new MediaToolException(
                $"{program} cannot be started ({error.Message}); install it, for example: apt-get install ffmpeg", error);
        }
    }

    private static string Tail(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(" | ", lines.TakeLast(4));
    }
}

/// <summary>An outside media program is missing or failed.</summary>
public sealed class MediaToolException(string message, Exception? inner = null) : Exception(message, inner);
