using System.Globalization;
using System.Text;
using Fed.MediaQc.Learned;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Scan;

/// <summary>
/// One run of ffmpeg over a file: every stream is decoded once, pictures and sound side by side, and what its filters
/// measure is written beside it, a file for each kind, so that an hour takes no memory.
/// </summary>
internal sealed class SignalPass : IDisposable
{
    /// <summary>As many streams of sound are measured.</summary>
    public const int MostAudio = 16;

    private readonly MediaFile _media;
    private readonly ScanProfile _profile;
    private readonly string _folder;
    private readonly FilterLogs _logs;

    /// <param name="models">Look on while it decodes; null: none does.</param>
    /// <param name="hasCues">There are subtitles beside the file.</param>
    /// <param name="folder">Of <see cref="InputLink"/>.</param>
    public SignalPass(MediaFile media, ScanProfile profile, LearnedModels? models, bool hasCues, string folder)
    {
        (_media, _profile, _folder, _logs) = (media, profile, folder, new FilterLogs(folder));
        Video = media.Streams.FirstOrDefault(stream => stream.Kind == StreamKind.Video);
        Audio = [.. media.Streams.Where(stream => stream.Kind == StreamKind.Audio).Take(MostAudio)];
        Texts = [.. media.Streams.Where(stream => stream.Kind == StreamKind.Subtitle && IsText(stream.Codec))];
        Learned = new LearnedScan(
            models, Video, Audio.Count > 0 ? Audio[0] : null, hasCues || Texts.Count > 0, folder, _logs);
    }

    public LearnedScan Learned { get; }

    /// <summary>The first stream of pictures.</summary>
    public MediaStream? Video { get; }

    public IReadOnlyList<MediaStream> Audio { get; }

    /// <summary>Subtitles that are text.</summary>
    public IReadOnlyList<MediaStream> Texts { get; }

    /// <summary>Seconds that were decoded.</summary>
    public double Decoded { get; private set; }

    /// <summary>What the decoders complained of: the first few lines.</summary>
    public List<string> Complaints { get; } = [];

    public int ComplaintCount { get; private set; }

    /// <param name="progress">Hears of the share that is done, 0 to 1, where the file says how long it is.</param>
    /// <exception cref="ScanException">ffmpeg could not even begin.</exception>
    public async Task RunAsync(InputLink input, IProgress<double>? progress, CancellationToken cancel)
    {
        if (Video is null && Audio.Count == 0 && Texts.Count == 0)
            return;
        var code = await DecodeAsync(input.Name, progress, cancel);
        if (code != 0 && Decoded == 0)
        {
            throw new ScanException(
                $"{_media.Path}: ffmpeg cannot decode it: "
                + InputLink.Rename(string.Join(" | ", Complaints), input, _media.Path));
        }
    }

    /// <summary>Whichever of the two fails, ffmpeg or who looks on, ends the other.</summary>
    /// <returns>ffmpeg's exit code.</returns>
    private async Task<int> DecodeAsync(string input, IProgress<double>? progress, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var arguments = Arguments(input).ToArray();
        var looking = Task.WhenAll(Learned.ReadAsync(stop.Token), _logs.WriteAsync(stop.Token));
        var decoding = MediaTool.RunAsync(
            "ffmpeg", arguments, _folder, line => Follow(line, progress), Complain, stop.Token);
        try
        {
            if (await Task.WhenAny(decoding, looking) == looking)
                await looking;
            var code = await decoding;
            Learned.Close();
            _logs.Close();
            await looking;
            return code;
        }
        catch
        {
            await stop.CancelAsync();
            // The folder is the caller's to remove then.
            await Task.WhenAll(decoding, looking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    public void Dispose()
    {
        Learned.Dispose();
        _logs.Dispose();
    }

    /// <summary>When the pictures, or this stream of sound, have changed their format for the so-manieth time, seconds;
    /// null: they have not.</summary>
    public double? ChangeOf(MediaStream stream, int time) => _logs.StartOf(
        time, stream.Kind == StreamKind.Video ? ["fields", "levels", "video"] : [$"audio{stream.Index}"]);

    /// <inheritdoc cref="FilterLogs.Read"/>
    public IEnumerable<MetadataLine> Read(string name) => _logs.Read(name);

    public string PathOfText(MediaStream stream) => Path.Combine(_folder, $"text{stream.Index}.srt");

    public bool MeasuresLevels => _profile.Levels is not null && Video is { FullRange: false, PixelFormat: { } format }
        && format.StartsWith("yuv", StringComparison.Ordinal);

    private static bool IsText(string codec) =>
        codec is "subrip" or "srt" or "mov_text" or "webvtt" or "ass" or "ssa" or "text";

    private IEnumerable<string> Arguments(string input)
    {
        // Every packet is decoded, however many before it were damaged.
        string[] begin =
        [
            "-hide_banner", "-nostdin", "-v", "error", "-y", "-progress", "pipe:1", "-max_error_rate", "1",
            "-noautorotate", .. InputLink.Alone, "-i", input,
        ];
        var graphs = new List<string>();
        var outputs = new List<string>();
        if (Video is not null)
        {
            graphs.Add(VideoGraph(Video));
            outputs.AddRange(["-map", "[video]", "-f", "null", "-"]);
        }

        foreach (var stream in Audio)
        {
            graphs.Add(AudioGraph(stream));
            outputs.AddRange(["-map", $"[audio{stream.Index}]", "-f", "null", "-"]);
        }

        outputs.AddRange(Learned.Outputs);

        foreach (var stream in Texts)
            outputs.AddRange(["-map", $"0:{stream.Index}", "-c:s", "srt", "-f", "srt", $"text{stream.Index}.srt"]);
        return graphs.Count == 0
            ? [.. begin, .. outputs]
            : [.. begin, "-filter_complex", string.Join(';', graphs), .. outputs];
    }

    private string VideoGraph(MediaStream stream)
    {
        var filters = new List<string>();
        if (_profile.Black is { } black)
        {
            filters.Add(Invariant(
                $"blackdetect=d={black.Seconds}:pic_th={black.PictureShare}:pix_th={black.PixelLevel}"));
        }

        if (_profile.Freeze is { } freeze)
            filters.Add(Invariant($"freezedetect=n={freeze.Difference}:d={freeze.Seconds}"));
        if (filters.Count > 0)
            filters.Add($"metadata=print:file={_logs.Target("video")}");
        if (_profile.FieldOrder is not null)
        {
            filters.Add(
                $"idet,metadata=print:key=lavfi.idet.multiple.current_frame:file={_logs.Target("fields")}");
        }

        var main = filters.Count > 0 ? string.Join(',', filters) : "null";
        var branches = new List<string> { $"{main}[video]" };
        // 5 to 246 of 8 bits (EBU R 103) becomes black, the rest white: the mean level is the share outside.
        if (MeasuresLevels)
        {
            branches.Add("select=isnan(prev_selected_t)+gte(t-prev_selected_t\\,0.5),format=yuv420p,"
                + "lutyuv=y=if(between(val\\,5\\,246)\\,0\\,250),signalstats,"
                + $"metadata=print:key=lavfi.signalstats.YAVG:file={_logs.Target("levels")},nullsink");
        }

        branches.AddRange(Learned.VideoFilters);
        var pads = Enumerable.Range(0, branches.Count).Select(i => $"[branch{i}]").ToArray();
        return $"[0:{stream.Index}]split={branches.Count}{string.Concat(pads)};"
            + string.Join(';', pads.Zip(branches, (pad, branch) => pad + branch));
    }

    private string AudioGraph(MediaStream stream)
    {
        var filters = new List<string>();
        // It cuts the sound into tenths of a second, which those after it see.
        filters.Add("ebur128=metadata=1:peak=true");
        if (_profile.Silence is { } silence)
            filters.Add(Invariant($"silencedetect=n={silence.Level}dB:d={silence.Seconds}"));
        filters.Add("astats=metadata=1:reset=1:measure_perchannel=none:measure_overall=Peak_level+Flat_factor");
        filters.Add($"ametadata=print:file={_logs.Target($"audio{stream.Index}")}");
        if (_profile.Phase is not null && stream.Channels == 2)
        {
            filters.Add("aphasemeter=video=0,ametadata=print:key=lavfi.aphasemeter.phase"
                + $":file={_logs.Target($"phase{stream.Index}")}");
        }

        // Speex does not say where its channels are, which ebur128 wants to know.
        var placed = stream.Codec == "speex"
            ? $"[0:{stream.Index}]aformat=channel_layouts={(stream.Channels == 1 ? "mono" : "stereo")},"
            : $"[0:{stream.Index}]";
        var measured = $"{string.Join(',', filters)}[audio{stream.Index}]";
        return Learned.SoundFilters is { } heard && stream == Audio[0]
            ? $"{placed}asplit[measured][heard];[heard]{heard};[measured]{measured}"
            : $"{placed}{measured}";
    }

    private void Follow(string line, IProgress<double>? progress)
    {
        // "out_time_us=1234567", and "N/A" before the first picture.
        if (!line.StartsWith("out_time_us=", StringComparison.Ordinal)
            || !long.TryParse(line.AsSpan("out_time_us=".Length), CultureInfo.InvariantCulture, out var done))
        {
            return;
        }

        Decoded = Math.Max(Decoded, done / 1e6);
        if (_media.Duration > 0)
            progress?.Report(Math.Min(1, Decoded / _media.Duration));
    }

    private void Complain(string line)
    {
        ComplaintCount++;
        if (Complaints.Count < 5)
            Complaints.Add(InputLink.WithoutAddresses(line));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
