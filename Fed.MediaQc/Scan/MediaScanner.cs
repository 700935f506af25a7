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
        ".wmv", ".flv", ".ogv", ".3gp", ".gxf", ".y4m", ".wav", ".bwf", ".flac", ".mp3", ".m4a", ".aac", ".ac3",
        ".eac3", ".ogg", ".opus", ".aif", ".aiff", ".wma",
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

    /// <summary>Files of a folder and those below it that are scanned, in the order of their names, each with the
    /// subtitles beside it, which are scanned with it; links to folders are not followed, for they may lead in a
    /// circle.</summary>
    /// <param name="onUnreadable">Hears of a folder that cannot be read.</param>
    public static IReadOnlyList<(string Path, IReadOnlyList<string> Sidecars)> FilesIn(
        string folder, Action<ScanException> onUnreadable)
    {
        var found = FolderWalk.Files(folder, onUnreadable).SelectMany(WithSidecars);
        return [.. found.OrderBy(file => file.Path, StringComparer.Ordinal)];
    }

    /// <summary><c>film.srt</c> and <c>film.de.srt</c> of <c>film.mp4</c>, in the order of their names.</summary>
    public static IReadOnlyList<string> Sidecars(string path)
    {
        var stem = Path.GetFileNameWithoutExtension(path);
        return
        [
            .. Directory.EnumerateFiles(Path.GetDirectoryName(Path.GetFullPath(path))!)
                .Where(file => IsSubtitles(file) && StemsOf(file).Contains(stem))
                .Select(file => Path.Combine(Path.GetDirectoryName(path)!, Path.GetFileName(file)))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>One folder's files, looked through once however many there are.</summary>
    private static IEnumerable<(string Path, IReadOnlyList<string> Sidecars)> WithSidecars(string[] files)
    {
        var subtitles = files.Where(IsSubtitles).Order(StringComparer.Ordinal).ToArray();
        var byStem = subtitles.SelectMany(StemsOf, (file, stem) => (File: file, Stem: stem))
            .ToLookup(each => each.Stem, each => each.File, StringComparer.Ordinal);
        var beside = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files.Where(file => Has(s_media, file)))
        {
            string[] own = [.. byStem[Path.GetFileNameWithoutExtension(file)]];
            beside.UnionWith(own);
            yield return (file, own);
        }

        foreach (var file in subtitles.Where(file => !beside.Contains(file)))
            yield return (file, []);
    }

    /// <summary>Names without ending of the films that subtitles are of: their own and, where a language stands in it,
    /// all that come before a dot.</summary>
    private static IEnumerable<string> StemsOf(string subtitles)
    {
        var name = Path.GetFileNameWithoutExtension(subtitles);
        yield return name;
        if (SubtitleFile.LanguageIn(subtitles) is null)
            yield break;
        for (var dot = name.LastIndexOf('.'); dot > 0; dot = name.LastIndexOf('.', dot - 1))
            yield return name[..dot];
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
                .. _profile.Learned is { } learned ? pass.Learned.Checks(file, name, learned) : [],
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
