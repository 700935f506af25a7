using Fed.MediaQc.Learned;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Subtitles;

namespace Fed.MediaQc.Scan;

/// <summary>Measures files against a profile. Nothing leaves this machine.</summary>
public sealed class MediaScanner
{
    private static readonly string[] s_subtitles = [".srt", ".vtt", ".ttml", ".dfxp", ".itt"];

    private static readonly string[] s_media =
    [
        ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mxf", ".ts", ".m2ts", ".mts", ".mpg", ".mpeg", ".vob",
        ".wmv", ".flv", ".ogv", ".3gp", ".gxf", ".y4m", ".wav", ".bwf", ".flac", ".mp3", ".m4a", ".aac", ".ac3", ".eac3",
        ".ogg", ".opus", ".aif", ".aiff", ".wma",
    ];

    private readonly ScanProfile _profile;
    private readonly LearnedModels? _models;
    private readonly TimeProvider _time;
    private IReadOnlyList<string>? _tools;

    /// <param name="models">Null: faults are only measured, not recognised.</param>
    public MediaScanner(ScanProfile profile, LearnedModels? models, TimeProvider time) =>
        (_profile, _models, _time) = (profile, models, time);

    /// <summary>Whether it is scanned as subtitles alone.</summary>
    public static bool IsSubtitles(string path) => Has(s_subtitles, path);

    /// <summary>Files of a folder and those below it that are scanned, in the order of their names; links to folders
    /// are not followed, for they may lead in a circle. Subtitles that lie beside a media file of the same name are
    /// scanned with it.</summary>
    /// <param name="onUnreadable">Hears of a folder that cannot be read.</param>
    public static IReadOnlyList<string> FilesIn(string folder, Action<ScanException> onUnreadable)
    {
        var (files, folders) = (new List<string>(), new Stack<string>([folder]));
        while (folders.TryPop(out var next))
        {
            try
            {
                files.AddRange(Directory.EnumerateFiles(next).Where(path => Has(s_media, path) || IsSubtitles(path)));
                foreach (var below in new DirectoryInfo(next).EnumerateDirectories())
                {
                    if (!below.Attributes.HasFlag(FileAttributes.ReparsePoint))
                        folders.Push(Path.Combine(next, below.Name));
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                onUnreadable(new ScanException($"{next}: the folder cannot be read ({error.Message})", error));
            }
        }

        var beside = files.Where(path => !IsSubtitles(path)).SelectMany(Sidecars).ToHashSet(StringComparer.Ordinal);
        return [.. files.Where(path => !beside.Contains(path)).Order(StringComparer.Ordinal)];
    }

    /// <summary><c>film.srt</c> and <c>film.de.srt</c> of <c>film.mp4</c>, in the order of their names.</summary>
    public static IReadOnlyList<string> Sidecars(string path)
    {
        var stem = Path.GetFileNameWithoutExtension(path);
        return
        [
            .. Directory.EnumerateFiles(Path.GetDirectoryName(Path.GetFullPath(path))!)
                .Where(IsSubtitles)
                .Where(file => Path.GetFileNameWithoutExtension(file) is var name
                    && (name == stem || (name.StartsWith(stem + ".", StringComparison.Ordinal)
                        && SubtitleFile.LanguageIn(file) is not null)))
                .Select(file => Path.Combine(Path.GetDirectoryName(path)!, Path.GetFileName(file)))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <param name="progress">Hears of the share that is done, 0 to 1.</param>
    /// <exception cref="ScanException">It cannot be scanned.</exception>
    /// <exception cref="MediaToolException">ffmpeg or ffprobe is not installed.</exception>
    public async Task<ScanReport> ScanAsync(string path, IProgress<double>? progress, CancellationToken cancel)
    {
        if (IsSubtitles(path))
            return ScanSubtitles(path);
        var media = await MediaFile.ProbeAsync(path, cancel);
        using var input = InputLink.To(path);
        using var pass = new SignalPass(
            media,
            _profile,
            _profile.Learned is null ? null : _models,
            hasCues: _profile.Subtitles is not null && Sidecars(path).Count > 0,
            input.Folder);
        await pass.RunAsync(input, progress, cancel);
        return Report(
            path,
            media,
            await ToolsAsync(cancel),
            [
                .. new SignalChecks(pass, media, _profile).All(),
                .. _profile.Learned is { } learned ? pass.Learned.Checks(learned) : [],
                .. Subtitles(media, pass),
            ]);
    }

    private ScanReport ScanSubtitles(string path)
    {
        var file = SubtitleFile.Read(path);
        var checks = _profile.Subtitles is { } limits
            ? SubtitleRules.Check(file, Path.GetFileName(path), file.Language, frameRate: null, limits)
            : [];
        var end = file.Cues.Select(cue => cue.End).DefaultIfEmpty(0).Max();
        return Report(path, new MediaFile(path, file.Format, end, []), [], checks);
    }

    /// <summary>Those inside, then those beside.</summary>
    private IEnumerable<CheckResult> Subtitles(MediaFile media, SignalPass pass)
    {
        if (_profile.Subtitles is not { } limits)
            yield break;
        foreach (var stream in media.Streams.Where(stream => stream.Kind == StreamKind.Subtitle))
        {
            if (!pass.Texts.Contains(stream))
            {
                yield return CheckResult.NotApplicable(
                    SubtitleRules.Syntax, stream.Name, $"its cues are not text but {stream.Codec}");
                continue;
            }

            foreach (var result in Check(pass, pass.PathOfText(stream), stream.Name, stream.Language, limits))
                yield return result;
        }

        foreach (var path in Sidecars(media.Path))
        {
            foreach (var result in Check(pass, path, Path.GetFileName(path), language: null, limits))
                yield return result;
        }
    }

    /// <summary>Subtitles that cannot be read do not cost the film its report.</summary>
    /// <param name="language">Null: the file's own.</param>
    private IReadOnlyList<CheckResult> Check(
        SignalPass pass, string path, string name, string? language, SubtitleLimits limits)
    {
        try
        {
            var file = SubtitleFile.Read(path);
            return
            [
                .. SubtitleRules.Check(file, name, language ?? file.Language, pass.Video?.FrameRate, limits),
                .. _profile.Learned is { } learned ? pass.Learned.CueChecks?.Check(file, name, learned) ?? [] : [],
            ];
        }
        catch (ScanException refused)
        {
            var reason = refused.Message.Replace($"{path}: ", "", StringComparison.Ordinal);
            return [CheckResult.Of(SubtitleRules.Syntax, name, null, "0", [new(0, 0, Severity.Error, null, reason)])];
        }
    }

    private ScanReport Report(
        string path, MediaFile media, IReadOnlyList<string> tools, IReadOnlyList<CheckResult> checks) => new(
        path,
        media.Format,
        media.Duration,
        media.Streams.FirstOrDefault(stream => stream.Kind == StreamKind.Video)?.FrameRate,
        media.Streams,
        $"{_profile.Name} {_profile.Dated:yyyy-MM-dd}",
        tools,
        [
            .. (_models?.All ?? []).Select(model => new ScanModel(
                model.Card.Task,
                model.Card.Federation,
                model.Card.Version,
                model.Card.VersionSha256,
                model.Card.Tuned,
                model.Sha256)),
        ],
        _time.GetLocalNow(),
        checks);

    private async Task<IReadOnlyList<string>> ToolsAsync(CancellationToken cancel)
    {
        if (_tools is not null)
            return _tools;
        string? first = null;
        await MediaTool.RunAsync("ffmpeg", ["-version"], Path.GetTempPath(), line => first ??= line, cancel);
        return _tools = [first?.Split(" Copyright")[0] ?? "ffmpeg"];
    }

    private static bool Has(string[] endings, string path) =>
        endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);
}
