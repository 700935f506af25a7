using Fed.MediaQc.Cues;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Programmes;
using Fed.MediaQc.Scan;
using Fed.MediaQc.Subtitles;

namespace Fed.MediaQc.Learned;

/// <summary>
/// The learned checks of one file: models look and listen while ffmpeg decodes it for the measured ones. Nothing that
/// they see is kept.
/// </summary>
internal sealed class LearnedScan : IDisposable
{
    private readonly LearnedModels? _models;
    private readonly MediaStream? _video;
    private readonly MediaStream? _audio;
    private readonly PictureTap? _pictures;
    private readonly SoundTap? _sound;
    private readonly CutLog? _cuts;

    /// <param name="models">Null: nothing is learned.</param>
    /// <param name="video">That is looked at; null: there are no pictures.</param>
    /// <param name="audio">That is listened to; null: there is no sound.</param>
    /// <param name="hasCues">There are subtitles to compare it with.</param>
    /// <param name="folder">Where ffmpeg runs.</param>
    /// <param name="logs">Gets the looks' times; has those of the sound.</param>
    public LearnedScan(
        LearnedModels? models, MediaStream? video, MediaStream? audio, bool hasCues, string folder, FilterLogs logs)
    {
        (_models, _video, _audio) = (models, video, audio);
        if (models?.Pictures is { } pictures && video is not null && PictureLooks.CanLook(video.Width, video.Height))
            _pictures = new PictureTap(pictures, video, folder, logs);
        if (models?.Streams is not null && hasCues && video is not null)
            _cuts = new CutLog(logs);
        var measuresLevels = (models?.Cues ?? models?.Streams) is not null && hasCues;
        var looks = models?.Sound is { } sound ? new SoundLooks(sound) : null;
        if (audio is not null && (measuresLevels || looks is not null))
            _sound = new SoundTap(audio, looks, measuresLevels, folder, logs);
    }

    /// <summary>Filters that the stream of pictures goes through side by side; none: nobody looks at it.</summary>
    public IEnumerable<string> VideoFilters => new[] { _pictures?.Filters, _cuts?.Filters }.OfType<string>();

    /// <summary>Filters from the stream of sound to <c>[sound]</c>; null: it is not listened to.</summary>
    public string? SoundFilters => _sound is null ? null : SoundTap.Filters;

    public IEnumerable<string> Outputs => [.. _pictures?.Outputs ?? [], .. _sound?.Outputs ?? []];

    /// <summary>Until ffmpeg closes its ends.</summary>
    public Task ReadAsync(CancellationToken cancel) => Task.WhenAll(
        _pictures?.ReadAsync(cancel) ?? Task.CompletedTask, _sound?.ReadAsync(cancel) ?? Task.CompletedTask);

    /// <summary>ffmpeg has ended.</summary>
    public void Close()
    {
        _pictures?.Close();
        _sound?.Close();
    }

    /// <summary>Of subtitles; none without models of cues or of programmes.</summary>
    /// <param name="stream">How findings name them.</param>
    public IEnumerable<CheckResult> Checks(SubtitleFile file, string stream, LearnedLimit limit)
    {
        var cues = TimedCue.From(file.Cues);
        return
        [
            .. _models?.Cues is { } model ? new CueChecks(model, _sound?.Levels).Check(cues, stream, limit) : [],
            .. _models?.Streams is { } programmes
                ? [new StreamChecks(programmes, _sound?.Levels, _cuts?.All).Check(cues, stream, limit)]
                : Array.Empty<CheckResult>(),
        ];
    }

    /// <summary>Of pictures and of sound; none without models of them.</summary>
    public IEnumerable<CheckResult> Checks(LearnedLimit limit) =>
    [
        .. _models?.Pictures is not null ? PictureFaults(limit) : [],
        .. _models?.Sound is not null ? SoundFaults(limit) : [],
    ];

    public void Dispose()
    {
        _pictures?.Dispose();
        _sound?.Dispose();
    }

    private IEnumerable<CheckResult> PictureFaults(LearnedLimit limit)
    {
        var looks = _pictures?.Looks ?? [];
        if (_video is not null && looks.Count > 0)
        {
            var change = _pictures!.ChangesAt;
            return PictureChecks.Judge(_video.Name, looks, limit).Select(check => Whole(check, change));
        }

        var reason = _video is null ? "no pictures"
            : _pictures is null ? $"the pictures are smaller than {Region.Side}x{Region.Side}"
            : $"fewer than {Region.Frames} pictures";
        return PictureChecks.All.Select(check => CheckResult.NotApplicable(check.Info, _video?.Name ?? "video", reason));
    }

    /// <summary>What was found in pictures of another size, scaled to the first ones', is there; what was not may be.
    /// </summary>
    /// <param name="change">Seconds, when the pictures change; null: they do not.</param>
    private static CheckResult Whole(CheckResult check, double? change) =>
        check.Verdict == Verdict.Pass && change is { } at
            ? check with
            {
                Verdict = Verdict.NotApplicable,
                Reason = FormattableString.Invariant(
                    $"not found, but the pictures change their size or format at {at:0.0} s"),
            }
            : check;

    private IEnumerable<CheckResult> SoundFaults(LearnedLimit limit) => _sound is { Looks: { } looks }
        ? SoundChecks.Judge(_audio!.Name, looks, _sound.Start, limit)
        : SoundChecks.All.Select(check => CheckResult.NotApplicable(check.Info, "audio", "no sound"));
}
