using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Learned;

/// <summary>
/// The learned checks of one file: models look and listen while ffmpeg decodes it for the measured ones. Nothing that
/// they see is kept.
/// </summary>
internal sealed class LearnedScan : IDisposable
{
    private readonly LearnedModel? _pictureModel;
    private readonly LearnedModel? _cueModel;
    private readonly MediaStream? _video;
    private readonly PictureTap? _pictures;
    private readonly SoundTap? _sound;

    /// <param name="models">Null: nothing is learned.</param>
    /// <param name="video">That is looked at; null: there are no pictures.</param>
    /// <param name="listens">There are cues, and sound to compare them with.</param>
    /// <param name="folder">Where ffmpeg runs.</param>
    /// <param name="logs">Gets the looks' times.</param>
    public LearnedScan(
        LearnedModels? models, MediaStream? video, bool listens, string folder, FilterLogs logs)
    {
        (_pictureModel, _cueModel, _video) = (models?.Pictures, models?.Cues, video);
        if (_pictureModel is not null && video is not null && PictureLooks.CanLook(video.Width, video.Height))
            _pictures = new PictureTap(_pictureModel, video, folder, logs);
        if (_cueModel is not null && listens)
            _sound = new SoundTap(folder);
    }

    /// <summary>Filters from a stream of pictures to <c>[looks]</c>; null: none are looked at.</summary>
    public string? VideoFilters => _pictures?.Filters;

    /// <summary>Filters from the first stream of sound to <c>[sound]</c>; null: it is not listened to.</summary>
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

    /// <summary>Of subtitles; null: there is no model of cues.</summary>
    public CueChecks? CueChecks => _cueModel is null ? null : new CueChecks(_cueModel, _sound?.Levels);

    /// <summary>Of pictures; none without a model of them.</summary>
    public IEnumerable<CheckResult> Checks(LearnedLimit limit)
    {
        if (_pictureModel is null)
            return [];
        var checks = LearnedChecks.Of(_pictureModel);
        var looks = _pictures?.Looks ?? [];
        if (_video is not null && looks.Count > 0)
            return LearnedChecks.Judge(checks, _video.Name, looks, 1 / PictureLooks.Rate, limit);
        var reason = _video is null ? "no pictures"
            : _pictures is null ? "the pictures are smaller than 32x32" : "fewer than three pictures";
        return checks.Select(check => CheckResult.NotApplicable(check.Info, _video?.Name ?? "video", reason));
    }

    public void Dispose()
    {
        _pictures?.Dispose();
        _sound?.Dispose();
    }
}
