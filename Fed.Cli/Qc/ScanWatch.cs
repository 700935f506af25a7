using System.Text.Json;
using Fed.Cli.Commands;
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
/// <param name="reports">Gets FILE.json and FILE.html, below the same folders; the .json comes last.</param>
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

    private readonly WatchedFolder _watched = new(settle);
    private readonly HashSet<WatchedFile> _done = [];
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
        var listing = MediaScanner.FilesIn(folder, refused => Warn(refused.Message))
            .Select(WatchedFile.Now).OfType<WatchedFile>().ToArray();
        foreach (var file in _watched.Arrived(listing, now).Where(file => !_done.Contains(file)))
        {
            try
            {
                if (!IsReported(file) && await ScanAsync(file, cancel) is { } report)
                    tell(file.Path, report);
                _done.Add(file);
            }
            // A share that is away for a while: the next look tries again.
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                Warn($"{file.Path}: its report cannot be written ({error.Message}); it will be tried again");
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

    /// <returns>Null: the file has changed meanwhile, or is gone; it is for a later look.</returns>
    private async Task<WatchReport?> ScanAsync(WatchedFile file, CancellationToken cancel)
    {
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
        await WriteAsync(file.Path, ".html", ScanPage.Render(
            scanned is null ? [] : [scanned], failure is null ? [] : [new ScanFailure(file.Path, failure)]), cancel);
        await WriteAsync(file.Path, ".json", JsonSerializer.Serialize(report, FedJson.Indented), cancel);
        return report;
    }

    private string ReportOf(string file, string ending) =>
        Path.Combine(reports, Path.GetRelativePath(folder, file) + ending);

    /// <summary>All of it or nothing, for somebody may be reading.</summary>
    private async Task WriteAsync(string file, string ending, string text, CancellationToken cancel)
    {
        var path = ReportOf(file, ending);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path + ".part", text, cancel);
        File.Move(path + ".part", path, overwrite: true);
    }

    private bool IsReported(WatchedFile file)
    {
        var path = ReportOf(file.Path, ".json");
        if (!File.Exists(path))
            return false;
        try
        {
            using var report = JsonDocument.Parse(File.ReadAllBytes(path));
            return report.RootElement.TryGetProperty("state", out var state) && state.ValueEquals(file.State);
        }
        // Not one of ours, or one that a crash of the machine has cut: it is written anew.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
