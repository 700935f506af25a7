using System.Text.Json;
using Fed.Contracts;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Scan;

namespace Fed.Cli.Qc;

/// <summary>What stands in the folder of reports for one file.</summary>
/// <param name="State">Of the file that was scanned; another one is scanned again.</param>
/// <param name="Report">Null: it could not be scanned.</param>
/// <param name="Failure">Why.</param>
internal sealed record WatchReport(string State, ScanReport? Report, string? Failure);

/// <summary>
/// <c>fed qc scan --watch</c>: scans what arrives in a folder, and leaves a report of each file. What has a report of
/// its present state is done, so that whoever starts again goes on where it was.
/// </summary>
/// <param name="folder">Whose files, and those below it, are scanned.</param>
/// <param name="reports">Exists; gets FILE.json and FILE.html, below the same folders. The .json comes last.</param>
/// <param name="settle">How long a file has to stay as it is.</param>
/// <param name="scan">Of one file.</param>
/// <param name="tell">Told of each file that is done.</param>
/// <param name="warn">Told what does not go on, once.</param>
internal sealed class ScanWatch(
    string folder,
    string reports,
    TimeSpan settle,
    Func<string, CancellationToken, Task<ScannedFile>> scan,
    Action<string, WatchReport> tell,
    Action<string> warn)
{
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromHours(1);

    private readonly WatchedFolder _watched = new(settle);

    /// <summary>By path: the state that has a report, and when that was written.</summary>
    private readonly Dictionary<string, (WatchedFile File, DateTime Written)> _done = [];

    /// <summary>By path: the state that went wrong, until when it is left alone, and how long that was.</summary>
    private readonly Dictionary<string, (WatchedFile File, DateTimeOffset Until, TimeSpan Wait)> _waiting = [];

    private HashSet<string> _warned = [];

    /// <summary>Until it is cancelled.</summary>
    public async Task RunAsync(TimeProvider time, CancellationToken cancel)
    {
        var pause = settle / 2;
        using var looks = new PeriodicTimer(pause < s_longestPause ? pause : s_longestPause, time);
        do
        {
            await LookAsync(time.GetUtcNow(), cancel);
        }
        while (await looks.WaitForNextTickAsync(cancel));
    }

    /// <summary>Scans what has arrived by now and is not done.</summary>
    internal async Task LookAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var warnings = new HashSet<string>();
        var arrived = _watched.Arrived(List(Warn), now);
        if (!Directory.Exists(reports))
        {
            Warn($"{reports}: the folder of reports is away; nothing is scanned until it is back");
            arrived = [];
        }

        foreach (var file in arrived.Where(file => !IsDone(file)))
        {
            if (_waiting.TryGetValue(file.Path, out var failed) && failed.File == file && now < failed.Until)
            {
                // Still so: it is not news again later.
                warnings.UnionWith(_warned.Where(text => text.StartsWith(file.Path, StringComparison.Ordinal)));
                continue;
            }

            try
            {
                if (await ScanAsync(file, cancel) is { } report)
                    tell(file.Path, report);
                _waiting.Remove(file.Path);
            }
            // Whatever it is, the other files go on, and this one is tried again: soon at first, then hourly.
            catch (Exception error) when (!cancel.IsCancellationRequested)
            {
                var wait = failed.File == file ? failed.Wait * 2 : settle;
                wait = wait < s_longestWait ? wait : s_longestWait;
                _waiting[file.Path] = (file, now + wait, wait);
                Warn($"{file.Path}: {error.Message}; it will be tried again");
            }
        }

        _warned = warnings;

        void Warn(string text)
        {
            warnings.Add(text);
            if (!_warned.Contains(text))
                warn(text);
        }
    }

    private List<WatchedFile> List(Action<string> warn)
    {
        var files = new List<WatchedFile>();
        foreach (var (path, sidecars) in MediaScanner.FilesIn(folder, refused => warn(refused.Message)))
        {
            if (WatchedFile.Now(path, sidecars) is { } file)
                files.Add(file);
            else if (path.Contains('\uFFFD', StringComparison.Ordinal))
                warn($"{path}: its name is not UTF-8, and nobody can open it by that; rename it");
        }

        return files;
    }

    /// <returns>Null: the file has changed meanwhile, or is gone; it is for a later look.</returns>
    /// <exception cref="IOException">The report cannot be written.</exception>
    private async Task<WatchReport?> ScanAsync(WatchedFile file, CancellationToken cancel)
    {
        RequireWritable(file.Path);
        ScannedFile? scanned = null;
        string? failure = null;
        try
        {
            scanned = await scan(file.Path, cancel);
        }
        catch (Exception error) when (error is ScanException or MediaToolException)
        {
            failure = error.Message;
        }

        if (WatchedFile.Now(file.Path) != file)
            return null;
        var report = new WatchReport(file.State, scanned?.Report, failure);
        await WriteAsync(ReportOf(file.Path, ".html"), ScanPage.Render(
            scanned is null ? [] : [scanned], failure is null ? [] : [new ScanFailure(file.Path, failure)]), cancel);
        var path = ReportOf(file.Path, ".json");
        await WriteAsync(path, JsonSerializer.Serialize(report, FedJson.Indented), cancel);
        _done[file.Path] = (file, File.GetLastWriteTimeUtc(path));
        return report;
    }

    private string ReportOf(string file, string ending) =>
        Path.Combine(reports, Path.GetRelativePath(folder, file) + ending);

    /// <summary>Before hours of decoding that nobody could read of.</summary>
    private void RequireWritable(string file)
    {
        var path = ReportOf(file, ".json");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (File.Exists(path) && Look(path) is (null, true))
                throw new IOException($"{path} is something else, or cannot be read");
            using var probe = new FileStream(
                path + "~", FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"its report cannot be written ({error.Message})", error);
        }
    }

    /// <summary>All of it or nothing, for somebody may be reading.</summary>
    private static async Task WriteAsync(string path, string text, CancellationToken cancel)
    {
        try
        {
            await File.WriteAllTextAsync(path + "~", text, cancel);
            File.Move(path + "~", path, overwrite: true);
        }
        catch (Exception error)
        {
            File.Delete(path + "~");
            if (error is IOException or UnauthorizedAccessException)
                throw new IOException($"its report cannot be written ({error.Message})", error);
            throw;
        }
    }

    /// <summary>Whether its present state has a report, which is read only when it is new here.</summary>
    private bool IsDone(WatchedFile file)
    {
        var path = ReportOf(file.Path, ".json");
        if (!File.Exists(path))
            return false;
        var written = File.GetLastWriteTimeUtc(path);
        if (_done.TryGetValue(file.Path, out var done) && done == (file, written))
            return true;
        if (Look(path).State != file.State)
            return false;
        _done[file.Path] = (file, written);
        return true;
    }

    /// <returns>Of our report: the state of the file that was scanned. Else null: it is somebody else's, or no JSON at
    /// all, as one is that a crash of the machine has cut.</returns>
    private static (string? State, bool IsOthers) Look(string report)
    {
        try
        {
            using var parsed = JsonDocument.Parse(File.ReadAllBytes(report));
            return parsed.RootElement.ValueKind == JsonValueKind.Object
                && parsed.RootElement.TryGetProperty("state", out var state) && state.ValueKind == JsonValueKind.String
                    ? (state.GetString(), false)
                    : (null, true);
        }
        catch (JsonException)
        {
            return (null, false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, true);
        }
    }
}

/// <summary>That nobody else writes reports into the same folder: two would scan everything twice.</summary>
internal sealed class WatchLock : IDisposable
{
    private readonly FileStream _file;

    /// <exception cref="ArgumentException">There can be no such folder, or another watch has it.</exception>
    public WatchLock(string reports)
    {
        try
        {
            Directory.CreateDirectory(reports);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ArgumentException($"--reports names '{reports}', where no folder can be ({error.Message})", error);
        }

        try
        {
            _file = new FileStream(
                Path.Combine(reports, ".watched"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException(
                $"reports cannot be written to '{reports}', or another watch does so ({error.Message}); give another "
                + "folder with --reports, or end that one",
                error);
        }
    }

    public void Dispose() => _file.Dispose();
}
