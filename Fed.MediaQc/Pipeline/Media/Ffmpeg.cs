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

    /// <param name="arguments">Files are to be names within <paramref name="folder"/> that the caller has chosen: in
    /// others ffmpeg reads patterns and protocols (<c>pat%03d.png</c>, <c>concat:a</c>).</param>
    /// <param name="folder">Where it runs.</param>
    /// <exception cref="MediaToolException">It is not installed, or it failed; the message holds its last
    /// lines.</exception>
    public async Task RunAsync(IEnumerable<string> arguments, string folder, CancellationToken cancel)
    {
        var list = arguments.ToList();
        var (code, complaints) = await TryAsync(list, folder, cancel);
        if (code != 0)
        {
            throw new MediaToolException(
                $"{program} ended with code {code}: {complaints} (arguments: {string.Join(' ', list)})");
        }
    }

    /// <returns>Its exit code, and the last lines of what it complained of; it may complain of damage and end with
    /// 0.</returns>
    /// <exception cref="MediaToolException">It is not installed.</exception>
    /// <inheritdoc cref="RunAsync"/>
    public async Task<(int Code, string Complaints)> TryAsync(
        IEnumerable<string> arguments, string folder, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder,
        };
        foreach (var argument in new[] { "-hide_banner", "-nostdin", "-loglevel", "error", "-y" }.Concat(arguments))
            start.ArgumentList.Add(argument);
        // SVT-AV1 writes its banner to standard error whatever the log level is.
        start.Environment["SVT_LOG"] = "1";
        using var process = Start(start);
        try
        {
            var errors = await process.StandardError.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel);
            return (process.ExitCode, Tail(errors));
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
