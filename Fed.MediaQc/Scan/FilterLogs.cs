using System.Globalization;
using System.Text;

namespace Fed.MediaQc.Scan;

/// <summary>
/// What ffmpeg's filters write of a file, a log for each kind. Where pictures or sound change their format on the way,
/// ffmpeg makes the filters anew, which open their file once more and would lose what stood in it: so each writes to a
/// socket, and a log has as many parts as formats.
/// </summary>
internal sealed class FilterLogs(string folder) : IDisposable
{
    private readonly Dictionary<string, MediaTap> _taps = new(StringComparer.Ordinal);

    /// <summary>The log's name as a value of <c>metadata=print:file=</c> within a graph of filters.</summary>
    /// <exception cref="ScanException">No socket can be made.</exception>
    public string Target(string name)
    {
        _taps.Add(name, new MediaTap(folder, name + ".sock"));
        return _taps[name].Url.Replace(":", "\\\\:", StringComparison.Ordinal);
    }

    /// <summary>Until <see cref="Close"/>.</summary>
    public Task WriteAsync(CancellationToken cancel) => Task.WhenAll(_taps.Select(tap => WriteAsync(
        tap.Key, tap.Value, cancel)));

    /// <summary>ffmpeg has ended.</summary>
    public void Close()
    {
        foreach (var tap in _taps.Values)
            tap.Close();
    }

    /// <summary>In order; nothing of a filter that did not run.</summary>
    public IEnumerable<MetadataLine> Read(string name) => Enumerable.Range(0, int.MaxValue)
        .TakeWhile(part => File.Exists(PathOf(name, part)))
        .SelectMany(part => MetadataLine.Read(PathOf(name, part), part));

    /// <summary>When a part of these logs, which are of one stream, begins: what its first line says. Null: none
    /// has a line of it.</summary>
    public double? StartOf(int part, params IEnumerable<string> names) => names
        .Select(name => MetadataLine.Read(PathOf(name, part), part).Select(line => (double?)line.Time).FirstOrDefault())
        .Min();

    public void Dispose()
    {
        foreach (var tap in _taps.Values)
            tap.Dispose();
    }

    private async Task WriteAsync(string name, MediaTap tap, CancellationToken cancel)
    {
        for (var part = 0; ; part++)
        {
            await using var file = File.Create(PathOf(name, part));
            if (!await tap.TryReadAsync((log, stop) => log.CopyToAsync(file, stop), cancel))
                return;
        }
    }

    private string PathOf(string name, int part) => Path.Combine(folder, $"{name}.{part}.txt");
}

/// <summary>One value that a filter has attached to a picture or a stretch of sound.</summary>
/// <param name="Part">Of the log: how often the format has changed before.</param>
/// <param name="Time">Of that one's beginning, seconds.</param>
/// <param name="Key">Without <c>lavfi.</c>.</param>
internal readonly record struct MetadataLine(int Part, double Time, string Key, string Text)
{
    /// <summary>Null: the filter wrote <c>nan</c> or <c>inf</c>, or no number.</summary>
    public double? Value =>
        double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : null;

    /// <summary>Of a file that <c>metadata=print</c> has written: a line of frame and time before the values of
    /// each; nothing when it did not run.</summary>
    public static IEnumerable<MetadataLine> Read(string file, int part = 0)
    {
        if (!File.Exists(file))
            yield break;
        double time = 0;
        foreach (var line in File.ReadLines(file, Encoding.UTF8))
        {
            if (line.StartsWith("frame:", StringComparison.Ordinal))
            {
                var at = line.IndexOf("pts_time:", StringComparison.Ordinal);
                if (at >= 0 && double.TryParse(
                    line.AsSpan(at + "pts_time:".Length), CultureInfo.InvariantCulture, out var read))
                {
                    time = read;
                }

                continue;
            }

            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && line.StartsWith("lavfi.", StringComparison.Ordinal))
                yield return new(part, time, line["lavfi.".Length..equals], line[(equals + 1)..]);
        }
    }
}
