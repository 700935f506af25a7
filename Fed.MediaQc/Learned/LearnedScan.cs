using System.Globalization;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Learned;

/// <summary>
/// The learned checks of one file: they look at pictures while ffmpeg decodes them for the measured ones. Nothing that
/// they see is kept.
/// </summary>
internal sealed class LearnedScan : IDisposable
{
    private const string Log = "looks";

    private readonly FilterLogs _logs;
    private readonly LearnedModel? _model;
    private readonly LearnedModel? _cues;
    private readonly SoundTap? _sound;
    private readonly MediaStream? _video;
    private readonly PictureLooks? _looks;
    private readonly MediaTap? _tap;

    /// <param name="models">Null: nothing is learned.</param>
    /// <param name="video">That is looked at; null: there are no pictures.</param>
    /// <param name="listens">There are cues, and sound to compare them with.</param>
    /// <param name="folder">Where ffmpeg runs.</param>
    /// <param name="logs">Gets the looks' times.</param>
    public LearnedScan(
        LearnedModels? models, MediaStream? video, bool listens, string folder, FilterLogs logs)
    {
        (_model, _cues, _video, _logs) = (models?.Pictures, models?.Cues, video, logs);
        if (_cues is not null && listens)
            _sound = new SoundTap(folder);
        if (_model is not { } model || video is null || !PictureLooks.CanLook(video.Width, video.Height))
            return;
        _looks = new PictureLooks(model, video.Width, video.Height);
        _tap = new MediaTap(folder, "pictures.sock");
    }

    /// <summary>Filters from a stream of pictures to <c>[looks]</c>; null: none are looked at.</summary>
    public string? VideoFilters
    {
        get
        {
            if (_tap is null)
                return null;
            // Variable 0 is when the last look began, 1 how many pictures it still wants. Luma as it is coded, whatever
            // its range; pictures that change their size are brought to the first one's.
            return string.Create(
                CultureInfo.InvariantCulture,
                $"select=if(gt(ld(1)\\,0)\\,st(1\\,ld(1)-1)*0+1\\,"
                + $"if(isnan(prev_selected_t)+gte(t-ld(0)\\,{1 / PictureLooks.Rate})\\,"
                + $"st(0\\,t)*0+st(1\\,{PictureLooks.Pictures - 1})*0+1\\,0)),"
                + $"format=yuv420p|yuv422p|yuv444p|yuvj420p|yuvj422p|yuvj444p,extractplanes=y,"
                + $"scale={_video!.Width}:{_video.Height},metadata=add:key=lavfi.look:value=1,"
                + $"metadata=print:key=lavfi.look:file={_logs.Target(Log)}[looks]");
        }
    }

    /// <summary>Filters from the first stream of sound to <c>[sound]</c>; null: it is not listened to.</summary>
    public string? SoundFilters => _sound is null ? null : SoundTap.Filters;

    public IEnumerable<string> SoundOutputs => _sound?.Outputs ?? [];

    public IEnumerable<string> VideoOutputs => _tap is null
        ? []
        : ["-map", "[looks]", "-fps_mode", "passthrough", "-c:v", "rawvideo", "-f", "rawvideo", _tap.Url];

    /// <summary>Until ffmpeg closes its end.</summary>
    public Task ReadAsync(CancellationToken cancel) => Task.WhenAll(
        _tap?.TryReadAsync(_looks!.ReadAsync, cancel) ?? Task.CompletedTask,
        _sound?.ReadAsync(cancel) ?? Task.CompletedTask);

    /// <summary>ffmpeg has ended.</summary>
    public void Close()
    {
        _tap?.Close();
        _sound?.Close();
    }

    /// <summary>Of subtitles; null: there is no model of cues.</summary>
    public CueChecks? CueChecks => _cues is null ? null : new CueChecks(_cues, _sound?.Levels);

    public IEnumerable<CheckResult> Checks(LearnedLimit limit)
    {
        if (_model is null)
            return [];
        var checks = LearnedChecks.Of(_model);
        if (_video is null)
            return checks.Select(check => CheckResult.NotApplicable(check.Info, "video", "no pictures"));
        if (_looks is null || _looks.All.Count == 0)
        {
            var reason = _looks is null ? "the pictures are smaller than 32x32" : "fewer than three pictures";
            return checks.Select(check => CheckResult.NotApplicable(check.Info, _video.Name, reason));
        }

        var times = _logs.Read(Log).Where((_, at) => at % PictureLooks.Pictures == 0).Select(line => line.Time);
        return LearnedChecks.Judge(checks, _video.Name, [.. times.Zip(_looks.All)], 1 / PictureLooks.Rate, limit);
    }

    public void Dispose()
    {
        _tap?.Dispose();
        _sound?.Dispose();
    }
}
