using System.Diagnostics;

namespace Fed.MediaQc.Pipeline;

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
    /// <exception cref="MediaToolException">It is not installed, or it failed; the message holds its
    /// last lines.</exception>
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

    /// <returns>Its exit code, and the last lines of what it complained of; it may complain of damage and end
    /// with 0.</returns>
    /// <exception cref="MediaToolException">It is not installed.</exception>
    /// <inheritdoc cref="RunAsync"/>
    public async Task<(int Code, string Complaints)> TryAsync(
        IEnumerable<string> arguments, string folder, CancellationToken cancel)
    {
        var list = new[] { "-hide_banner", "-nostdin", "-loglevel", "error", "-y" }.Concat(arguments);
        return await MediaTool.RunAsync(program, list, folder, onLine: null, cancel);
    }
}

/// <summary>Runs an outside media program to its end.</summary>
internal static class MediaTool
{
    /// <param name="arguments">See <see cref="Ffmpeg.RunAsync"/> about the names of files.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="onLine">Gets each line of its standard output; null: it writes none.</param>
    /// <returns>Its exit code, and the last lines of what it complained of.</returns>
    /// <exception cref="MediaToolException">It is not installed.</exception>
    public static async Task<(int Code, string Complaints)> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string folder,
        Action<string>? onLine,
        CancellationToken cancel)
    {
        var complaints = new Queue<string>();
        var code = await RunAsync(program, arguments, folder, onLine, Keep, cancel);
        return (code, string.Join(" | ", complaints));

        void Keep(string line)
        {
            complaints.Enqueue(line);
            if (complaints.Count > 4)
                complaints.Dequeue();
        }
    }

    /// <param name="onComplaint">Gets each line of its standard error that is not empty.</param>
    /// <returns>Its exit code.</returns>
    /// <inheritdoc cref="RunAsync(string, IEnumerable{string}, string, Action{string}?, CancellationToken)"/>
    public static async Task<int> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string folder,
        Action<string>? onLine,
        Action<string> onComplaint,
        CancellationToken cancel)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = onLine is not null,
            WorkingDirectory = folder,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // SVT-AV1 writes its banner to standard error whatever the log level is.
        start.Environment["SVT_LOG"] = "1";
        using var process = Start(program, start);
        try
        {
            await Task.WhenAll(
                ReadAsync(process.StandardError, onComplaint, cancel),
                onLine is null ? Task.CompletedTask : ReadAsync(process.StandardOutput, onLine, cancel));
            await process.WaitForExitAsync(cancel);
            return process.ExitCode;
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            // Its files are the caller's to remove then.
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }
    }

    private static async Task ReadAsync(StreamReader reader, Action<string> onLine, CancellationToken cancel)
    {
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            if (line.Length > 0)
                onLine(line);
        }
    }

    private static Process Start(string program, ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new MediaToolException(
                $"{program} cannot be started ({error.Message}); install it, for example: apt-get install ffmpeg",
                error);
        }
    }
}

/// <summary>An outside media program is missing or failed.</summary>
public sealed class MediaToolException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The encoders that the pipeline drives, and what makes each of them repeatable.</summary>
public static class Encoders
{
    private static readonly Dictionary<string, string> SingleThreaded = new()
    {
        ["mpeg2video"] = "-threads 1",
        ["libx264"] = "-threads 1 -x264-params threads=1:lookahead-threads=1:sliced-threads=0",
        ["libx265"] = "-x265-params pools=none:frame-threads=1:log-level=none",
        ["libvpx-vp9"] = "-threads 1 -row-mt 0",
        ["libaom-av1"] = "-threads 1 -row-mt 0",
        ["libsvtav1"] = "-svtav1-params lp=1",
        ["librav1e"] = "-rav1e-params threads=1",
    };

    public static IReadOnlyCollection<string> Known => SingleThreaded.Keys;

    /// <summary>
    /// ffmpeg's output options. A house's own <c>-x265-params</c> and the like would replace ours, so they are merged.
    /// </summary>
    /// <param name="encoder">One of <see cref="Known"/>.</param>
    /// <param name="options">Options of the house and of the setting.</param>
    public static IReadOnlyList<string> Arguments(string encoder, string options)
    {
        var result = new List<string> { "-c:v", encoder };
        var words = $"{SingleThreaded[encoder]} {options}".Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i + 1 < words.Length; i += 2)
        {
            var at = result.IndexOf(words[i]);
            if (at >= 0 && words[i].EndsWith("-params", StringComparison.Ordinal))
                result[at + 1] += ":" + words[i + 1];
            else if (at >= 0)
                result[at + 1] = words[i + 1];
            else
                result.AddRange([words[i], words[i + 1]]);
        }

        return result;
    }
}
